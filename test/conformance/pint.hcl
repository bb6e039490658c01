# What pint is asked beyond its own checks. Those that need a live Prometheus are off (`--offline`): alerts/absent, alerts/count,
# alerts/external_labels, labels/conflict, promql/counter, promql/features, promql/range_query, promql/rate, promql/series,
# promql/vector_matching, query/cost, rule/duplicate. The catalogue of recorded metrics answers most of them (test/catalogue: names,
# labels, counters), run-stack and the cases of test/rules the others.
rule {
  match {
    kind = "alerting"
  }
  annotation "summary" {
    severity = "bug"
    required = true
  }
  annotation "description" {
    severity = "bug"
    required = true
  }
  label "severity" {
    severity = "bug"
    required = true
    value    = "critical|warning|info|none"
  }
}

# Alerts of the library say what to do.
rule {
  match {
    path = "library-.+"
    kind = "alerting"
  }
  annotation "runbook_url" {
    severity = "bug"
    required = true
    value    = "https://.+/docs/runbooks/.+[.]md"
  }
}
