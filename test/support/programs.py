"""The built programs that tests drive: environment variables name them, which ctest and scripts/pytest set."""
import os


def program(variable):
    """The path that the variable holds: TABFERRY_WEATHER, TABFERRY_S3_TOOL, ..."""
    path = os.environ.get(variable, "")
    if not os.access(path, os.X_OK):
        raise RuntimeError(f"{variable} names no program (it is {path!r}): run by ctest, or by scripts/pytest after a build")
    return path
