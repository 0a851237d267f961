import os
import stat
import tempfile

import pytest

# Airflow reads the place of its settings and logs when it is imported.
os.environ["AIRFLOW_HOME"] = tempfile.mkdtemp(prefix="airflow-")
os.environ["AIRFLOW__CORE__UNIT_TEST_MODE"] = "True"


@pytest.fixture
def program(tmp_path):
    """Return a function that writes a program of a few lines of shell, and returns its command."""

    def write(script):
        file = tmp_path / "program"
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
        return [str(file)]

    return write
