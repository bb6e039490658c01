#!/bin/sh
# STAND-IN, not Grafana: answers 200 on :3000/api/health and, with a page without metrics, on :3000/metrics; nothing else. As process 1
# the server itself would ignore TERM.
httpd -f -p 3000 -h /stand-in -c /stand-in.conf & trap 'kill $!' TERM INT; wait
