/** File of the templates that receivers of the library use. */
export const MESSAGE_TEMPLATES_FILE = 'message.tmpl';

/** A reference to a template. */
export const messageTemplate = (name: 'title' | 'text' | 'slack' | 'markdown') => `{{ template "message.${name}" . }}`;

/** The group's severity where PagerDuty has one of that name. */
export const PAGERDUTY_SEVERITY =
  '{{ if match "^(critical|error|warning|info)$" .CommonLabels.severity }}{{ .CommonLabels.severity }}{{ else }}error{{ end }}';

/** Priority of the group in Opsgenie. */
export const OPSGENIE_PRIORITY =
  '{{ if eq .CommonLabels.severity "critical" }}P1{{ else if eq .CommonLabels.severity "warning" }}P3{{ else }}P5{{ end }}';

/**
 * Templates of notifications. Alerts say what happened in the annotations `summary` and `description`, what to do behind
 * `runbook_url`, and may lead to a board by `dashboard_url`. Of a group ten alerts are shown, because nobody reads more
 * and Slack cuts long messages. In Slack's markup `&`, `<` and `>` of values are data, so no alert can call a whole channel.
 */
export const MESSAGE_TEMPLATES = `{{ define "message.title" -}}
[{{ if eq .Status "firing" -}}
{{ with .CommonLabels.severity }}{{ . | toUpper }}{{ else }}FIRING{{ end -}}
{{ if gt (len .Alerts.Firing) 1 }} x{{ len .Alerts.Firing }}{{ end -}}
{{ else }}RESOLVED{{ end }}] {{ with .CommonLabels.alertname }}{{ . }}{{ else }}{{ len .Alerts }} alerts{{ end -}}
{{ with (.GroupLabels.Remove (stringSlice "alertname" "severity")).Values }} ({{ . | join ", " }}){{ end -}}
{{ end }}

{{ define "message.more" }}{{ if gt (len .Alerts) 10 }}{{ "\\n\\n" }}The first 10 of {{ len .Alerts }} alerts are shown.{{ end }}{{ end }}

{{ define "message.text" -}}
{{ $group := .GroupLabels.Names -}}
{{ range $index, $alert := .Alerts }}{{ if lt $index 10 -}}
{{ if gt $index 0 }}{{ "\\n\\n" }}{{ end -}}
{{ if eq .Status "resolved" }}Resolved: {{ end -}}
{{ with .Annotations.summary }}{{ . }}{{ else }}{{ .Labels.alertname }}{{ end -}}
{{ with .Annotations.description }}{{ "\\n" }}{{ . }}{{ end -}}
{{ with .Labels.Remove $group }}{{ "\\n" }}Labels: {{ range $position, $label := .SortedPairs -}}
{{ if $position }}, {{ end }}{{ .Name }}={{ .Value }}{{ end }}{{ end -}}
{{ with .Annotations.runbook_url }}{{ "\\n" }}Runbook: {{ . }}{{ end -}}
{{ with .Annotations.dashboard_url }}{{ "\\n" }}Dashboard: {{ . }}{{ end -}}
{{ with .GeneratorURL }}{{ "\\n" }}Query: {{ . }}{{ end -}}
{{ end }}{{ end -}}
{{ template "message.more" . -}}
{{ end }}

{{ define "message.slack" -}}
{{ $group := .GroupLabels.Names -}}
{{ range $index, $alert := .Alerts }}{{ if lt $index 10 -}}
{{ if gt $index 0 }}{{ "\\n\\n" }}{{ end -}}
{{ $heading := .Labels.alertname }}{{ with .Annotations.summary }}{{ $heading = . }}{{ end -}}
{{ if eq .Status "resolved" }}Resolved: {{ end -}}
*{{ $heading | reReplaceAll "&" "&amp;" | reReplaceAll "<" "&lt;" | reReplaceAll ">" "&gt;" }}*
{{- with .Annotations.description -}}
{{ "\\n" }}{{ . | reReplaceAll "&" "&amp;" | reReplaceAll "<" "&lt;" | reReplaceAll ">" "&gt;" -}}
{{ end -}}
{{ with .Labels.Remove $group }}{{ "\\n" }}{{ range $position, $label := .SortedPairs }}{{ if $position }} · {{ end -}}
{{ .Name }}: {{ .Value | reReplaceAll "&" "&amp;" | reReplaceAll "<" "&lt;" | reReplaceAll ">" "&gt;" }}{{ end }}{{ end -}}
{{ if or .Annotations.runbook_url .Annotations.dashboard_url .GeneratorURL }}{{ "\\n" }}{{ end -}}
{{ with .Annotations.runbook_url }}<{{ . }}|Runbook>  {{ end -}}
{{ with .Annotations.dashboard_url }}<{{ . }}|Dashboard>  {{ end -}}
{{ with .GeneratorURL }}<{{ . }}|Query>{{ end -}}
{{ end }}{{ end -}}
{{ template "message.more" . -}}
{{ end }}

{{ define "message.markdown" -}}
{{ $group := .GroupLabels.Names -}}
{{ range $index, $alert := .Alerts }}{{ if lt $index 10 -}}
{{ if gt $index 0 }}{{ "\\n\\n" }}{{ end -}}
{{ if eq .Status "resolved" }}Resolved: {{ end -}}
**{{ with .Annotations.summary }}{{ . }}{{ else }}{{ .Labels.alertname }}{{ end }}**
{{- with .Annotations.description }}{{ "\\n\\n" }}{{ . }}{{ end -}}
{{ with .Labels.Remove $group }}{{ "\\n\\n" }}{{ range $position, $label := .SortedPairs }}{{ if $position }} · {{ end -}}
{{ .Name }}: {{ .Value }}{{ end }}{{ end -}}
{{ if or .Annotations.runbook_url .Annotations.dashboard_url .GeneratorURL }}{{ "\\n\\n" }}{{ end -}}
{{ with .Annotations.runbook_url }}[Runbook]({{ . }})  {{ end -}}
{{ with .Annotations.dashboard_url }}[Dashboard]({{ . }})  {{ end -}}
{{ with .GeneratorURL }}[Query]({{ . }}){{ end -}}
{{ end }}{{ end -}}
{{ template "message.more" . -}}
{{ end }}
`;
