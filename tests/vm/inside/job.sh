export PYTHONPATH=/lent/site:/lent/repo PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
export U2LIVE_CONFIG_DIR=/tmp/config U2LIVE_DATA_DIR=/tmp/data U2LIVE_CACHE_DIR=/tmp/cache
cd /lent/repo && python3 -m tests.vm.inside.checks /lent/out
