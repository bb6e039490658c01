# Sourced by run-stack: what Grafana itself, signed in with the password of its Secret, says of what it was given.
# Of its start: its module holds no web page, and a new database migrates.
GRAFANA_ITSELF='logger=(migrator|local\.finder|avatar|modules|secret\.migration) |public/build|frontend logging provider'
grafana_api() { get "http://$(service grafana grafana)/api/$1" -u "$grafana_user:test" "${@:2}"; }
boards_given() { jq '[.[] | select(.kind == "ConfigMap") | .data // {} | to_entries[] | select(.key | endswith(".json")) | .value | fromjson? | select(.panels?) | .uid] | unique | length' "$work/objects.json"; }
# answer UID TYPE — through Grafana: the check behind its button "Test" where its own process asks, else a request that it passes on
grafana_answer() {
  case $2 in
    prometheus | loki | mysql) grafana_api "datasources/uid/$1/health" ;;
    alertmanager) grafana_api "datasources/proxy/uid/$1/api/v2/status" ;;
    jaeger) grafana_api "datasources/proxy/uid/$1/api/services" ;;
    tempo) grafana_api "datasources/proxy/uid/$1/api/echo" ;;
    *) grafana_api "datasources/uid/$1" ;;
  esac
}
grafana_checks() {
  grep -q 'admin_user = \$__file' <<<"$configuration" && grafana_user=test || grafana_user=admin
  local uid type
  while IFS=$'\t' read -r uid type _; do
    check "Grafana: data source $uid answers through it" eventually 60 grafana_answer "$uid" "$type"
  done <<<"$db"
  check "Grafana: every board is there" eventually 60 is "$(boards_given)" eval 'grafana_api "search?type=dash-db&limit=5000" | jq length'
}
