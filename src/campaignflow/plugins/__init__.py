"""The room of the plugins: hooks and their manager come with a later release."""
