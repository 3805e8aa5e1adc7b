"""The least a command made with click does: one group, one command, one version."""

import click


@click.group()
@click.version_option("1", message="%(version)s")
def main() -> None:
    """A bare program."""


@main.command()
def nothing() -> None:
    """Does nothing."""


if __name__ == "__main__":
    main()
