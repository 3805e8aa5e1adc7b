"""What the product is measured against: other people's libraries, used as their documentation says."""
