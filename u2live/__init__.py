"""u2live: live background replacement with U²-Net."""

import os
import sys

__version__ = "0.1.0"

# Waiting OpenMP threads sleep instead of spinning: the other stages need the cores. Read when torch is first imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
# OpenCV's own warnings would stand beside the one line that says what is wrong. Read when cv2 is first imported.
os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
# Merely importing openvino reports the import to its maker, under an identity it keeps in the home folder. A program that
# sees through somebody's camera tells nobody anything: openvino does without the package where it cannot be imported.
sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
