package main

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"slices"
	"strings"
)

func answer(response http.ResponseWriter, status int, value any) {
	response.Header().Set("Content-Type", "application/json")
	response.Header().Set("X-Elastic-Product", "Elasticsearch") // clients refuse to talk to anything else
	response.WriteHeader(status)
	if err := json.NewEncoder(response).Encode(value); err != nil {
		note("info", err.Error())
	}
}

func refuse(response http.ResponseWriter, status int, kind, reason string) {
	if status == http.StatusBadRequest {
		note("error", kind+": "+reason)
	}
	if status == http.StatusUnauthorized {
		response.Header().Set("WWW-Authenticate", `Basic realm="security" charset="UTF-8"`)
	}
	answer(response, status, map[string]any{"error": map[string]any{"type": kind, "reason": reason}, "status": status})
}

type object = map[string]any

// api is what the first node answers. Each path has the privileges of which one is needed; all of them of the cluster.
func (n *node) api() http.Handler {
	// Names of the API begin with "_", names of indices do not.
	fixed, ofIndex := http.NewServeMux(), http.NewServeMux()
	on := func(pattern string, handle func(http.ResponseWriter, *http.Request, user), privileges ...string) {
		mux := fixed
		if strings.Contains(pattern, " /{index}/") {
			mux = ofIndex
		}
		mux.HandleFunc(pattern, func(response http.ResponseWriter, request *http.Request) {
			n.store.mutex.Lock()
			defer n.store.mutex.Unlock()
			name, password, _ := request.BasicAuth()
			var as user
			if !n.store.get(users, name, &as) || as.Digest != digest(password) {
				refuse(response, http.StatusUnauthorized, "security_exception", fmt.Sprintf("unable to authenticate user [%s]", name))
				return
			}
			if len(privileges) > 0 && !n.store.may(as, "", privileges...) {
				refuse(response, http.StatusForbidden, "security_exception", fmt.Sprintf("action [%s] is unauthorized for user [%s]", pattern, name))
				return
			}
			handle(response, request, as)
		})
	}
	on("/", func(response http.ResponseWriter, request *http.Request, _ user) {
		refuse(response, http.StatusBadRequest, "illegal_argument_exception", fmt.Sprintf("no handler found for uri [%s] and method [%s]", request.URL, request.Method))
	})
	on("GET /{$}", func(response http.ResponseWriter, _ *http.Request, _ user) {
		answer(response, http.StatusOK, object{"name": n.name, "cluster_name": n.cluster, "version": object{"number": "9.0.0-stand-in"}, "tagline": "stand-in"})
	}, "monitor", "manage")
	on("GET /_cluster/health", func(response http.ResponseWriter, _ *http.Request, _ user) {
		status := "green"
		if int(n.seen.Load()) < len(n.initial) {
			status = "yellow"
		}
		answer(response, http.StatusOK, object{"cluster_name": n.cluster, "status": status, "number_of_nodes": n.seen.Load()})
	}, "monitor", "manage")
	on("GET /_security/_authenticate", func(response http.ResponseWriter, request *http.Request, as user) {
		name, _, _ := request.BasicAuth()
		answer(response, http.StatusOK, object{"username": name, "roles": as.Roles})
	})
	on("PUT /_security/user/{name}", n.putUser, "manage_security")
	on("POST /_security/user/{name}/_password", n.putUser, "manage_security")
	on("PUT /_security/role/{name}", func(response http.ResponseWriter, request *http.Request, _ user) {
		var body role
		if !read(response, request, &body) {
			return
		}
		for _, part := range body.Indices {
			if unknown := without(part.Privileges, indexPrivileges); len(unknown) > 0 {
				refuse(response, http.StatusBadRequest, "action_request_validation_exception", fmt.Sprintf("unknown index privileges %q", unknown))
				return
			}
		}
		if unknown := without(body.Cluster, clusterPrivileges); len(unknown) > 0 {
			refuse(response, http.StatusBadRequest, "action_request_validation_exception", fmt.Sprintf("unknown cluster privileges %q", unknown))
			return
		}
		n.keep(response, roles, request.PathValue("name"), body)
	}, "manage_security")
	on("PUT /_ilm/policy/{name}", func(response http.ResponseWriter, request *http.Request, _ user) {
		var body struct {
			Policy struct {
				Phases map[string]struct {
					MinAge  string            `json:"min_age"`
					Actions map[string]object `json:"actions"`
				} `json:"phases"`
			} `json:"policy"`
		}
		if !read(response, request, &body) {
			return
		}
		for phase := range body.Policy.Phases {
			if !slices.Contains([]string{"hot", "warm", "cold", "frozen", "delete"}, phase) {
				refuse(response, http.StatusBadRequest, "illegal_argument_exception", "unknown phase "+phase)
				return
			}
		}
		n.keep(response, policies, request.PathValue("name"), body)
	}, "manage", "manage_ilm")
	on("PUT /_index_template/{name}", func(response http.ResponseWriter, request *http.Request, _ user) {
		var body template
		if read(response, request, &body) {
			n.keep(response, templates, request.PathValue("name"), body)
		}
	}, "manage", "manage_index_templates")
	on("GET /_ilm/policy/{name}", n.kept(policies), "manage", "manage_ilm", "read_ilm")
	on("GET /_index_template/{name}", n.kept(templates), "manage", "manage_index_templates", "monitor")
	// What elasticsearch_exporter asks: no node, no setting.
	on("GET /_nodes/stats", func(response http.ResponseWriter, _ *http.Request, _ user) {
		answer(response, http.StatusOK, object{"cluster_name": n.cluster, "nodes": object{}})
	}, "monitor", "manage")
	on("GET /_cluster/settings", func(response http.ResponseWriter, _ *http.Request, _ user) {
		answer(response, http.StatusOK, object{"defaults": object{}, "persistent": object{}, "transient": object{}})
	}, "monitor", "manage")
	on("GET /_ilm/status", func(response http.ResponseWriter, _ *http.Request, _ user) {
		answer(response, http.StatusOK, object{"operation_mode": "RUNNING"})
	}, "read_ilm", "manage_ilm", "manage")
	explain := func(response http.ResponseWriter, request *http.Request, as user) {
		explained, pattern := object{}, cmp.Or(request.PathValue("index"), "*")
		for name, text := range n.store.kinds[indices] {
			if matches, _ := path.Match(pattern, name); matches && n.store.may(as, name, "manage", "view_index_metadata") {
				var policy string
				isManaged := json.Unmarshal(text, &policy) == nil && policy != ""
				explained[name] = object{"index": name, "managed": isManaged, "policy": policy}
			}
		}
		answer(response, http.StatusOK, object{"indices": explained})
	}
	on("GET /_all/_ilm/explain", explain)
	on("GET /{index}/_ilm/explain", explain)
	on("POST /_bulk", n.bulk)
	on("POST /{index}/_bulk", n.bulk)
	on("GET /{index}/_count", n.search)
	on("GET /{index}/_search", n.search)
	ofIndex.Handle("/", fixed)
	return http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		if strings.HasPrefix(request.URL.Path, "/_") {
			fixed.ServeHTTP(response, request)
		} else {
			ofIndex.ServeHTTP(response, request)
		}
	})
}

func without(list, known []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(item string) bool { return slices.Contains(known, item) })
}

// read refuses a body that is no JSON or has a name that is not known here.
func read(response http.ResponseWriter, request *http.Request, value any) bool {
	decoder := json.NewDecoder(request.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(value); err != nil {
		refuse(response, http.StatusBadRequest, "parse_exception", fmt.Sprintf("%s %s: %s", request.Method, request.URL, err))
		return false
	}
	return true
}

func (n *node) keep(response http.ResponseWriter, kind, name string, value any) {
	if err := n.store.put(kind, name, value); err != nil {
		refuse(response, http.StatusInternalServerError, "io_exception", err.Error())
		return
	}
	answer(response, http.StatusOK, object{"acknowledged": true})
}

func (n *node) kept(kind string) func(http.ResponseWriter, *http.Request, user) {
	return func(response http.ResponseWriter, request *http.Request, _ user) {
		value, isThere := n.store.kinds[kind][request.PathValue("name")]
		if !isThere {
			refuse(response, http.StatusNotFound, "resource_not_found_exception", kind+" not found")
			return
		}
		answer(response, http.StatusOK, object{request.PathValue("name"): value})
	}
}

func (n *node) putUser(response http.ResponseWriter, request *http.Request, _ user) {
	var body struct {
		Password string   `json:"password"`
		Roles    []string `json:"roles"`
	}
	if !read(response, request, &body) {
		return
	}
	name := request.PathValue("name")
	if name == "kibana_system" {
		body.Roles = []string{name}
	}
	if len(body.Password) < shortestPassword || len(body.Roles) == 0 {
		refuse(response, http.StatusBadRequest, "action_request_validation_exception", fmt.Sprintf("the password of %s is too short, or it has no role", name))
		return
	}
	n.keep(response, users, name, user{digest(body.Password), body.Roles})
}

type template struct {
	Patterns []string `json:"index_patterns"`
	Priority int      `json:"priority"`
	Template struct {
		Settings object `json:"settings"`
		Mappings object `json:"mappings"`
	} `json:"template"`
}

// makeIndex makes an index as the template for its name says.
func (n *node) makeIndex(name string) error {
	policy := ""
	for _, text := range n.store.kinds[templates] {
		var t template
		if err := json.Unmarshal(text, &t); err != nil {
			return err
		}
		if slices.ContainsFunc(t.Patterns, func(pattern string) bool { ok, _ := path.Match(pattern, name); return ok }) {
			policy, _ = t.Template.Settings["index.lifecycle.name"].(string)
		}
	}
	return n.store.put(indices, name, policy)
}

func (n *node) bulk(response http.ResponseWriter, request *http.Request, as user) {
	type target struct {
		Index string `json:"_index"`
		ID    string `json:"_id"`
	}
	items, hasErrors := []object{}, false
	for body := bufio.NewReader(request.Body); ; {
		action, err := body.ReadBytes('\n')
		if err == io.EOF {
			break
		}
		source, sourceErr := body.ReadBytes('\n')
		var operation map[string]target
		if err := errors.Join(err, sourceErr, json.Unmarshal(action, &operation)); err != nil || !json.Valid(source) {
			refuse(response, http.StatusBadRequest, "illegal_argument_exception", fmt.Sprintf("malformed request: %v", err))
			return
		}
		for name, to := range operation {
			if to.Index == "" {
				to.Index = request.PathValue("index")
			}
			status, reason := n.write(name, to.Index, to.ID, bytes.TrimSpace(source), as)
			result := object{"_index": to.Index, "_id": to.ID, "status": status}
			if reason != "" {
				result["error"], hasErrors = object{"type": reason, "reason": reason}, true
			}
			items = append(items, object{name: result})
		}
	}
	answer(response, http.StatusOK, object{"took": 1, "errors": hasErrors, "items": items})
}

func (n *node) write(operation, index, id string, source []byte, as user) (int, string) {
	if (operation != "create" && operation != "index") || id == "" {
		note("error", fmt.Sprintf("bulk operation %q with the id %q", operation, id))
		return http.StatusBadRequest, "illegal_argument_exception"
	}
	needed := []string{"index", "write"}
	if operation == "create" {
		needed = append(needed, "create", "create_doc")
	}
	var policy string
	isThere := n.store.get(indices, index, &policy)
	if !n.store.may(as, index, needed...) || (!isThere && !n.store.may(as, index, "auto_configure", "create_index", "manage")) {
		return http.StatusForbidden, "security_exception"
	}
	if !isThere {
		if err := n.makeIndex(index); err != nil {
			return http.StatusInternalServerError, err.Error()
		}
	}
	status := http.StatusCreated
	if _, isThere := n.store.kinds[documents][index+"/"+id]; isThere {
		if operation == "create" {
			return http.StatusConflict, "version_conflict_engine_exception"
		}
		status = http.StatusOK
	}
	if err := n.store.put(documents, index+"/"+id, json.RawMessage(source)); err != nil {
		return http.StatusInternalServerError, err.Error()
	}
	return status, ""
}

// search finds documents by ?q=field:value, where the field, of which dots lead inside, has the value in it.
func (n *node) search(response http.ResponseWriter, request *http.Request, as user) {
	pattern := request.PathValue("index")
	if !n.store.may(as, strings.ReplaceAll(pattern, "*", "x"), "read") {
		refuse(response, http.StatusForbidden, "security_exception", "no right to read "+pattern)
		return
	}
	field, value, _ := strings.Cut(request.URL.Query().Get("q"), ":")
	hits, total := []object{}, 0
	for name, source := range n.store.kinds[documents] {
		index, id, _ := strings.Cut(name, "/")
		if matches, _ := path.Match(pattern, index); !matches {
			continue
		}
		var at any
		if err := json.Unmarshal(source, &at); err != nil {
			refuse(response, http.StatusInternalServerError, "parse_exception", err.Error())
			return
		}
		for _, part := range strings.Split(field, ".") {
			if inside, isObject := at.(object); isObject && field != "" {
				at = inside[part]
			}
		}
		if text, isText := at.(string); field == "" || (isText && strings.Contains(text, value)) {
			if total++; len(hits) < 10 {
				hits = append(hits, object{"_index": index, "_id": id, "_source": source})
			}
		}
	}
	if strings.HasSuffix(request.URL.Path, "/_count") {
		answer(response, http.StatusOK, object{"count": total})
		return
	}
	answer(response, http.StatusOK, object{"hits": object{"total": object{"value": total, "relation": "eq"}, "hits": hits}})
}
