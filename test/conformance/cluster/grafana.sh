# Sourced by run-stack: what Grafana itself, signed in with the password of its Secret, says of what it was given.
# Of its start: its module holds no web page, and a new database migrates.
GRAFANA_ITSELF='logger=(migrator|local\.finder|avatar|modules|secret\.migration) |public/build|frontend logging provider'
grafana_api() { get "http://$(service grafana grafana)/api/$1" -u "$grafana_login" "${@:2}"; }
# grafana_secret FILE — what the pod reads there; some passwords are made in the cluster
grafana_secret() {
  local n secret key
  read -r n secret key < <(jq -r --arg file "$1" '.[] | select(.spec.template.spec.containers[0].image? | strings | test("/grafana/grafana:")) | .metadata.namespace as $namespace
    | .spec.template.spec.volumes[].projected.sources[]?.secret | values | .name as $name | .items[] | select(.path == $file) | "\($namespace) \($name) \(.key)"' "$work/objects.json") || return 1
  kubectl -n "$n" get secret "$secret" -o json | jq -r --arg key "$key" '.data[$key] | @base64d'
}
# The uids of the boards in the ConfigMaps that its pod mounts.
boards_given() {
  jq -r '([.[] | select(.spec.template.spec.containers[0].image? | strings | test("/grafana/grafana:")) | .spec.template.spec.volumes[] | .configMap.name, .projected.sources[]?.configMap.name
    | values] | unique) as $mounted | .[] | select(.kind == "ConfigMap" and (.metadata.name | IN($mounted[]))) | .data | to_entries[] | select(.key | endswith(".json")) | .value | fromjson.uid' "$work/objects.json" | sort -u
}
boards_missing() { comm -23 <(boards_given) <(grafana_api "search?type=dash-db&limit=5000" | jq -r '.[].uid' | sort); }
# answer UID TYPE — through Grafana: the check behind its button "Test" where its own process asks, else a request that it passes on
grafana_answer() {
  case $2 in
    prometheus | mysql) grafana_api "datasources/uid/$1/health" ;;
    loki) grafana_api "datasources/proxy/uid/$1/loki/api/v1/labels" ;;
    alertmanager) grafana_api "datasources/proxy/uid/$1/api/v2/status" ;;
    jaeger) grafana_api "datasources/proxy/uid/$1/api/services" ;;
    tempo) grafana_api "datasources/proxy/uid/$1/api/echo" ;;
    *) grafana_api "datasources/uid/$1" ;;
  esac
}
grafana_checks() {
  grafana_login=$(grafana_secret admin-user || echo admin):$(grafana_secret admin-password)
  local uid type
  while IFS=$'\t' read -r uid type _; do
    check "Grafana: data source $uid answers through it" eventually 60 grafana_answer "$uid" "$type"
  done <<<"$db"
  check "Grafana: every board of $(boards_given | wc -l) is there" eventually 60 none boards_missing
}
