package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"slices"
	"sync"
)

// Kinds of what is stored. A document's name is that of its index, "/" and its id.
const (
	users, roles, policies, templates, indices, documents = "user", "role", "policy", "template", "index", "document"
)

type entry struct {
	Kind, Name string
	Value      json.RawMessage
}

// store is all that was put, in memory and, in order, in a file.
type store struct {
	mutex sync.Mutex
	file  *os.File
	kinds map[string]map[string]json.RawMessage
}

func openStore(directory string) (*store, error) {
	file, err := os.OpenFile(directory+"/stand-in.ndjson", os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	s := &store{file: file, kinds: map[string]map[string]json.RawMessage{}}
	for decoder := json.NewDecoder(bufio.NewReader(file)); decoder.More(); {
		var put entry
		if err := decoder.Decode(&put); err != nil {
			return nil, fmt.Errorf("%s: %w", file.Name(), err)
		}
		s.remember(put)
	}
	return s, nil
}

func (s *store) remember(put entry) {
	if s.kinds[put.Kind] == nil {
		s.kinds[put.Kind] = map[string]json.RawMessage{}
	}
	s.kinds[put.Kind][put.Name] = put.Value
}

// put is for those who hold the mutex.
func (s *store) put(kind, name string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	put := entry{kind, name, text}
	if err := json.NewEncoder(s.file).Encode(put); err != nil {
		return err
	}
	s.remember(put)
	return nil
}

func (s *store) get(kind, name string, value any) bool {
	text, isThere := s.kinds[kind][name]
	return isThere && json.Unmarshal(text, value) == nil
}

type user struct {
	Digest string
	Roles  []string
}

type role struct {
	Cluster []string `json:"cluster"`
	Indices []struct {
		Names      []string `json:"names"`
		Privileges []string `json:"privileges"`
	} `json:"indices"`
}

func digest(password string) string {
	sum := sha256.Sum256([]byte(password))
	return hex.EncodeToString(sum[:])
}

// Those of the privileges that Elasticsearch documents of which something is asked here; others are refused as unknown.
var (
	clusterPrivileges = []string{"all", "monitor", "manage", "manage_ilm", "read_ilm", "manage_index_templates", "monitor_snapshot"}
	indexPrivileges   = []string{"all", "auto_configure", "create", "create_doc", "create_index", "index", "manage", "monitor", "read", "view_index_metadata", "write"}
)

// may says whether a user has one of the privileges: of the cluster, or of an index if one is named.
func (s *store) may(of user, index string, privileges ...string) bool {
	for _, name := range of.Roles {
		var has role
		if name == "superuser" {
			return true
		}
		if name == "kibana_system" {
			has.Cluster = []string{"monitor", "manage_index_templates"}
		}
		s.get(roles, name, &has)
		isAny := func(given []string) bool {
			return slices.ContainsFunc(given, func(p string) bool { return slices.Contains(privileges, p) || p == "all" })
		}
		if index == "" && isAny(has.Cluster) {
			return true
		}
		for _, part := range has.Indices {
			matches := slices.ContainsFunc(part.Names, func(pattern string) bool { ok, _ := path.Match(pattern, index); return ok })
			if index != "" && matches && isAny(part.Privileges) {
				return true
			}
		}
	}
	return false
}
