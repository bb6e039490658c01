# Sourced by run-stack: what only stacks with rules, alerts, passwords and a Pushgateway have to show.
# PEERS: namespace of the Alertmanagers of ../running/alertmanager-peers.ts, which stand beside a stack that has one of its own.
groups_in_files() { ask '[.[] | select(.kind == "ConfigMap") | .data[]? | try (fromjson | .groups | length) catch 0] | add'; }
rules_api() { get "http://$prometheus/api/v1/rules" | jq -c '[.data.groups[]]'; }
groups_loaded() { rules_api | jq '[.[] | select(.file | contains("prometheus-rules/"))] | length'; }
bad_rules() { rules_api | jq -r '.[].rules[] | select(.health == "err" or .health == "unknown") | "\(.name) \(.health) \(.lastError // "")"'; }
alertmanager_pods() { kubectl get pods -A -l "$(of alertmanager alertmanager)" -o json | jq -r --arg in "$1" '.items[] | select((.metadata.namespace == "peers") == ($in == "peers")) | .status.podIP'; }
peers_of() { get "http://$1:9093/api/v2/status" | jq -r '[.cluster.status, (.cluster.peers | length)] | join(" ")'; }
message_of() { jq -rs --arg name "$1" '[.[] | select(tostring | contains($name))][0] | .attachments[0] | .title, .text' <"$RECEIVER"; }
delivered() { local text; text=$(message_of "$1"); shift; local part; for part; do grep -qF -- "$part" <<<"$text" || { echo "no $part in: $text"; return 1; }; done; }
gateway() { find_one pods pushgateway pushgateway .status.podIP; }

tools() {
  [ "$prometheus" != :9090 ] || return 0
  if [ -n "$login" ]; then
    check "Prometheus lets nobody in without a password" is 401 curl -s -m 5 -o /dev/null -w '%{http_code}' "http://$prometheus/api/v1/query?query=1"
  fi
  local expected; expected=$(groups_in_files)
  if [ "${expected:-0}" != 0 ]; then
    check "Prometheus has all $expected groups of rules" eventually 60 is "$expected" groups_loaded
    check "every rule was evaluated without an error" eventually 150 none bad_rules
  fi
  local members; members=$(alertmanager_pods stack | wc -w)
  [ "$members" = 0 ] || check "Prometheus tells every Alertmanager" eventually 60 is "$members" eval 'get "http://$prometheus/api/v1/alertmanagers" | jq ".data.activeAlertmanagers | length"'
  local address; for address in $(alertmanager_pods peers); do
    check "Alertmanager $address sees the other one" eventually 60 is "ready 2" peers_of "$address"
  done
  if [ -n "$(alertmanager_pods peers)" ]; then
    local silence; silence=$(curl -sSf -m 5 "http://$(alertmanager_pods peers | head -1):9093/api/v2/silences" -H 'Content-Type: application/json' -d '{"matchers": [{"name": "alertname", "value": "Known", "isRegex": false, "isEqual": true}], "startsAt": "2020-01-01T00:00:00Z", "endsAt": "2099-01-01T00:00:00Z", "createdBy": "run-stack", "comment": "gossip"}' | jq -r .silenceID)
    check "a silence of one Alertmanager reaches the other" eventually 30 is active eval 'get "http://$(alertmanager_pods peers | tail -1):9093/api/v2/silence/'"$silence"'" | jq -r .status.state'
  fi
  if [ -n "$(gateway)" ]; then
    check "the Pushgateway takes a metric" curl -sSf -m 5 --data-binary $'kept_after_restart 42\n' "http://$(gateway):9091/metrics/job/run-stack"
    check "Prometheus has what was pushed" eventually 150 is 42 value 'kept_after_restart{job="run-stack"}'
  fi
  if [ -z "$operated" ] && { [ -e "$RECEIVER" ] || alive alert-receiver; }; then
    check "an alert of a rule that others own comes to the address in the Secret, with severity, summary and runbook" eventually 180 delivered ApplicationRuleFires \
      '[WARNING] ApplicationRuleFires' 'A rule of an application' 'https://runbooks.example.com/ApplicationRuleFires'
  fi
}
tools_after_restart() {
  [ -z "$(gateway)" ] || check "the Pushgateway has kept the metric" eventually 30 eval 'metrics "$(gateway):9091" | grep -q "^kept_after_restart.* 42"'
}
