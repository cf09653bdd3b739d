"""Requests that schemathesis makes out of the API's own description."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from addresses import KEY, api
from server import Server

EXAMPLES = 200


@pytest.mark.long
def test_every_answer_is_as_described(server: Server, tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("schemathesis")
    configuration = Path(__file__).with_name("schemathesis.toml")
    subprocess.run(
        [
            program, "--config-file", configuration, "run", f"{api(server)}/openapi.json",
            "--max-examples", str(EXAMPLES), "--generation-deterministic", "--continue-on-failure",
        ],
        env=os.environ | {"CHORUS_API_KEY": KEY}, cwd=tmp_path, check=True, timeout=1200,
    )  # fmt: skip
