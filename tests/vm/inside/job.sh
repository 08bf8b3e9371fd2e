export PYTHONPATH=/lent/site:/lent/repo PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
export U2LIVE_CONFIG_DIR=/tmp/config U2LIVE_DATA_DIR=/tmp/data U2LIVE_CACHE_DIR=/tmp/cache
# The network as the host converted it: what OpenVINO compiled from it is this processor's own affair.
mkdir -p /tmp/cache/openvino && cp /lent/out/cache/openvino/*.xml /lent/out/cache/openvino/*.bin /lent/out/cache/openvino/*.note /tmp/cache/openvino/
cd /lent/repo && python3 -m tests.vm.inside.checks /lent/out $U2LIVE_ACTS
