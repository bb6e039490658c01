#!/bin/sh
# STAND-IN, not Grafana: answers 200 on :3000/api/health and nothing else. As process 1 the server itself would ignore TERM.
httpd -f -p 3000 -h /stand-in & trap 'kill $!' TERM INT; wait
