package main

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

const account = "/var/run/secrets/kubernetes.io/serviceaccount/"

// largestRequest is how many lines go into one request.
const largestRequest = 2000

// sections of a Fluentd configuration: parameters by the type of the plugin that they are for, whatever they are inside of;
// below "first" is the first expression of lines.
type sections map[string]map[string]string

var (
	sectionBegin = regexp.MustCompile(`^<(\w+)(?: [^>]*)?>$`)
	fetched      = regexp.MustCompile(`^"#\{ENV\.fetch\('(\w+)'\)\}"$`)
	logFileName  = regexp.MustCompile(`^(.+)_(.+)_(.+)-[0-9a-f]{64}\.log$`)
)

func readSections(file string) (sections, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	read, open := sections{}, []map[string]string{}
	for _, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if match := sectionBegin.FindStringSubmatch(line); match != nil {
			parameters := map[string]string{}
			open, read[match[1]] = append(open, parameters), parameters
			continue
		}
		if strings.HasPrefix(line, "</") {
			open = open[:len(open)-1]
			continue
		}
		key, value, hasValue := strings.Cut(line, " ")
		if !hasValue {
			continue
		}
		if match := fetched.FindStringSubmatch(value); match != nil {
			var isSet bool
			if value, isSet = os.LookupEnv(match[1]); !isSet {
				return nil, fmt.Errorf("%s: %s is not set", file, match[1])
			}
		}
		value = strings.Trim(value, "'")
		open[len(open)-1][key] = value
		if key == "expression" && read["first"] == nil {
			value = strings.Trim(value, "/")
			read["first"] = map[string]string{key: value}
		}
		if key == "@type" {
			read[value] = open[len(open)-1]
		}
	}
	return read, nil
}

type shipper struct {
	of        sections
	format    *regexp.Regexp
	client    *http.Client
	url       string
	positions map[string]int64
	pods      map[string]map[string]string // labels by namespace/name
}

func fluentd(arguments []string) error {
	if len(arguments) != 2 || arguments[0] != "--config" {
		return fmt.Errorf("allowed is --config and a file, not %q", arguments)
	}
	of, err := readSections(arguments[1])
	if err != nil {
		return err
	}
	for _, plugin := range []string{"tail", "elasticsearch", "buffer", "kubernetes_metadata", "prometheus"} {
		if of[plugin] == nil {
			return fmt.Errorf("%s has no %s", arguments[1], plugin)
		}
	}
	to := of["elasticsearch"]
	s := &shipper{of: of, positions: map[string]int64{}, url: fmt.Sprintf("%s://%s:%s", to["scheme"], to["host"], to["port"])}
	if s.client, err = clientTrusting([]string{to["ca_file"]}); err != nil {
		return err
	}
	if s.format, err = regexp.Compile(of["first"]["expression"]); err != nil || s.format.NumSubexp() == 0 {
		return fmt.Errorf("%s: the expression of lines: %q %v", arguments[1], of["first"]["expression"], err)
	}
	// As Ruby's Dir.tmpdir, without which Fluentd does not start.
	temporary := cmp.Or(os.Getenv("TMPDIR"), "/tmp")
	if is, err := os.Stat(temporary); err != nil || (is.Mode().Perm()&0o002 != 0 && is.Mode()&os.ModeSticky == 0) {
		return fmt.Errorf("could not find a temporary directory: everybody may write to %s, %v", temporary, err)
	}
	if err := os.MkdirAll(of["buffer"]["path"], 0o755); err != nil {
		return err
	}
	for _, directory := range []string{filepath.Dir(of["tail"]["pos_file"]), of["buffer"]["path"], temporary} {
		if err := isWritable(directory); err != nil {
			return err
		}
	}
	if _, err := os.ReadDir(filepath.Dir(of["tail"]["path"])); err != nil {
		return err
	}
	if text, err := os.ReadFile(of["tail"]["pos_file"]); err == nil {
		if err := json.Unmarshal(text, &s.positions); err != nil {
			return err
		}
	}
	go s.run()
	http.HandleFunc("GET /metrics", func(response http.ResponseWriter, _ *http.Request) { fmt.Fprintln(response, "# stand-in") })
	return http.ListenAndServe(of["prometheus"]["bind"]+":"+of["prometheus"]["port"], nil)
}

func (s *shipper) run() {
	for ; ; time.Sleep(time.Second) {
		if err := s.round(); err != nil {
			note("warn", err.Error())
		}
	}
}

// round asks for the pods of the node, as the metadata filter does, and sends what each file has since the last round.
func (s *shipper) round() error {
	token, err := os.ReadFile(account + "token")
	if err != nil {
		return err
	}
	kubernetes, err := clientTrusting([]string{account + "ca.crt"})
	if err != nil {
		return err
	}
	defer kubernetes.CloseIdleConnections()
	var pods struct {
		Items []struct {
			Metadata struct {
				Namespace, Name string
				Labels          map[string]string
			}
		}
	}
	api := fmt.Sprintf("https://%s:%s/api/v1/", os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT"))
	for path, answer := range map[string]any{"pods?fieldSelector=spec.nodeName=" + os.Getenv("K8S_NODE_NAME"): &pods, "namespaces": &struct{}{}} {
		if err := ask(kubernetes, http.MethodGet, api+path, "", string(token), nil, answer); err != nil {
			return err
		}
	}
	s.pods = map[string]map[string]string{}
	for _, pod := range pods.Items {
		s.pods[pod.Metadata.Namespace+"/"+pod.Metadata.Name] = pod.Metadata.Labels
	}
	files, err := filepath.Glob(s.of["tail"]["path"])
	if err != nil {
		return err
	}
	var excluded []string
	if err := json.Unmarshal([]byte(s.of["tail"]["exclude_path"]), &excluded); err != nil {
		return err
	}
	for _, file := range files {
		isExcluded := false
		for _, pattern := range excluded {
			matches, err := filepath.Match(pattern, file)
			isExcluded = isExcluded || matches || err != nil
		}
		for more := !isExcluded; more; {
			if more, err = s.send(file); err != nil {
				return err
			}
		}
	}
	return nil
}

// send sends some whole lines of a file and says whether there may be more.
func (s *shipper) send(file string) (bool, error) {
	log, err := os.Open(file)
	if os.IsNotExist(err) {
		return false, nil // its pod went meanwhile
	} else if err != nil {
		return false, err
	}
	defer log.Close()
	position := s.positions[file]
	if _, err := log.Seek(position, 0); err != nil {
		return false, err
	}
	name := logFileName.FindStringSubmatch(filepath.Base(file))
	if name == nil {
		return false, fmt.Errorf("%s is not named as the kubelet does", file)
	}
	var body bytes.Buffer
	reader, count := bufio.NewReader(log), 0
	for ; count < largestRequest; count++ {
		line, err := reader.ReadString('\n')
		if err != nil {
			break // the rest is being written
		}
		match := s.format.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if match == nil {
			return false, fmt.Errorf("%s: the configuration's expression does not match %.200s", file, line)
		}
		document := map[string]any{"kubernetes": map[string]any{
			"pod_name": name[1], "namespace_name": name[2], "container_name": name[3], "labels": s.pods[name[2]+"/"+name[1]],
		}}
		for i, group := range s.format.SubexpNames() {
			if group != "" && group != "logtag" {
				document[group] = match[i]
			}
		}
		document["@timestamp"] = document["time"]
		id := fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, "%s %d", file, position)))
		document[s.of["elasticsearch"]["id_key"]] = id
		index := s.of["elasticsearch"]["logstash_prefix"] + "-" + strings.ReplaceAll(match[1][:10], "-", ".")
		for _, part := range []any{map[string]any{s.of["elasticsearch"]["write_operation"]: map[string]string{"_index": index, "_id": id}}, document} {
			if err := json.NewEncoder(&body).Encode(part); err != nil {
				return false, err
			}
		}
		position += int64(len(line))
	}
	if count == 0 {
		return false, nil
	}
	var answer struct {
		Items []map[string]struct {
			Status int
			Error  json.RawMessage
		}
	}
	to := s.of["elasticsearch"]
	if err := ask(s.client, http.MethodPost, s.url+"/_bulk", to["user"], to["password"], &body, &answer); err != nil {
		return false, err
	}
	for _, item := range answer.Items {
		for _, result := range item {
			if result.Status >= http.StatusBadRequest && result.Status != http.StatusConflict {
				return false, fmt.Errorf("a line was refused: %d %s", result.Status, result.Error)
			}
		}
	}
	s.positions[file] = position
	text, err := json.Marshal(s.positions)
	if err == nil {
		err = os.WriteFile(s.of["tail"]["pos_file"]+".new", text, 0o644)
	}
	if err == nil {
		err = os.Rename(s.of["tail"]["pos_file"]+".new", s.of["tail"]["pos_file"])
	}
	return count == largestRequest, err
}
