package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

const passwordFile = "elasticsearch.keystore"

// shortestPassword is the least that Elasticsearch takes.
const shortestPassword = 6

func keystore(arguments []string) error {
	file := filepath.Join(os.Getenv("ES_PATH_CONF"), passwordFile)
	switch strings.Join(arguments, " ") {
	case "create --silent":
		return os.WriteFile(file, nil, 0o600)
	case "add --stdin --force bootstrap.password":
		if _, err := os.Stat(file); err != nil {
			return err
		}
		password, err := io.ReadAll(os.Stdin)
		return errors.Join(err, os.WriteFile(file, password, 0o600))
	}
	return fmt.Errorf("elasticsearch-keystore: unknown arguments %q", arguments)
}

// node is one of the cluster. The first by name keeps everything, on its volume; the others hand on what they are asked,
// over the transport port: no document is copied, and nothing works while the first is away.
type node struct {
	name, first, cluster string
	store                *store
	transport            *http.Transport
	seeds, initial       []string
	firstAddress         atomic.Value // "" until it is found
	seen                 atomic.Int64
}

// tlsOf reads the files that settings name, relative to the configuration directory; Elasticsearch may read no others.
func tlsOf(s *settings, prefix string) (*tls.Config, error) {
	inside := func(file string) string { return filepath.Join(os.Getenv("ES_PATH_CONF"), filepath.Join("/", file)) }
	certificate, err := tls.LoadX509KeyPair(inside(s.one(prefix+".certificate")), inside(s.one(prefix+".key")))
	if err != nil {
		return nil, err
	}
	files := []string{}
	for _, file := range s.list(prefix + ".certificate_authorities") {
		files = append(files, inside(file))
	}
	pool, err := authorities(files)
	return &tls.Config{Certificates: []tls.Certificate{certificate}, RootCAs: pool, ClientCAs: pool}, err
}

func elasticsearch([]string) error {
	s, err := readSettings(filepath.Join(os.Getenv("ES_PATH_CONF"), "elasticsearch.yml"))
	if err != nil {
		return err
	}
	n := &node{name: s.one("node.name"), cluster: s.one("cluster.name"), seeds: s.list("discovery.seed_hosts"), initial: s.list("cluster.initial_master_nodes")}
	if s.one("discovery.type") == "single-node" {
		n.initial = []string{n.name}
	}
	if !slices.Contains(n.initial, n.name) {
		return fmt.Errorf("node.name %q is none of the masters %q", n.name, n.initial)
	}
	n.first = slices.Min(n.initial)
	outside, err := tlsOf(s, "xpack.security.http.ssl")
	if err != nil {
		return err
	}
	between, err := tlsOf(s, "xpack.security.transport.ssl")
	if err != nil {
		return err
	}
	between.ClientAuth = tls.RequireAndVerifyClientCert
	n.transport = &http.Transport{TLSClientConfig: &tls.Config{
		Certificates: between.Certificates,
		// The authority is verified, not the name.
		InsecureSkipVerify: true, //nolint:gosec
		VerifyConnection: func(state tls.ConnectionState) error {
			_, err := state.PeerCertificates[0].Verify(x509.VerifyOptions{Roots: between.RootCAs})
			return err
		},
	}}
	address, ready := s.one("network.host"), s.one("readiness.port")
	published := s.one("network.publish_host")
	listener, err := net.Listen("tcp", published+":0") // only an address of this host can be published
	if err != nil {
		return err
	}
	if err := listener.Close(); err != nil {
		return err
	}
	for _, directory := range []string{s.one("path.data"), "/usr/share/elasticsearch/logs", "/tmp"} {
		if err := isWritable(directory); err != nil {
			return err
		}
	}
	s.one("node.store.allow_mmap")
	if err := s.check(map[string][]string{
		"xpack.security.enabled": {"true"}, "xpack.security.enrollment.enabled": {"false"}, "xpack.security.http.ssl.enabled": {"true"},
		"xpack.security.transport.ssl.enabled": {"true"}, "xpack.security.transport.ssl.verification_mode": {"certificate"},
		"xpack.security.transport.ssl.client_authentication": {"required"},
	}); err != nil {
		return err
	}
	if n.store, err = openStore(s.one("path.data")); err != nil {
		return err
	}
	if err := n.bootstrap(); err != nil {
		return err
	}
	n.firstAddress.Store("")
	go n.discover(address + ":" + ready)
	failed := make(chan error)
	serve := func(port string, config *tls.Config, handler http.Handler) {
		server := &http.Server{Addr: address + ":" + port, TLSConfig: config, Handler: handler, ErrorLog: log.New(io.Discard, "", 0)}
		failed <- server.ListenAndServeTLS("", "")
	}
	api := n.api()
	inner := http.NewServeMux()
	inner.HandleFunc("GET /_stand_in/name", func(response http.ResponseWriter, _ *http.Request) { answer(response, http.StatusOK, n.name) })
	inner.Handle("/", api)
	go serve("9300", between, inner)
	go serve("9200", outside, http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		address := n.firstAddress.Load().(string)
		switch {
		case address == "":
			refuse(response, http.StatusServiceUnavailable, "master_not_discovered_exception", "no master")
		case n.name == n.first:
			api.ServeHTTP(response, request)
		default:
			proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "https", Host: address})
			proxy.Transport, proxy.ErrorLog = n.transport, log.New(io.Discard, "", 0)
			proxy.ServeHTTP(response, request)
		}
	}))
	return <-failed
}

// bootstrap makes the user elastic at the first start; afterwards its password counts no more.
func (n *node) bootstrap() error {
	if n.store.get(users, "elastic", &user{}) {
		return nil
	}
	password, err := os.ReadFile(filepath.Join(os.Getenv("ES_PATH_CONF"), passwordFile))
	if err != nil {
		return err
	}
	if len(password) < shortestPassword {
		return fmt.Errorf("bootstrap.password has %d characters; allowed are at least %d", len(password), shortestPassword)
	}
	return n.store.put(users, "elastic", user{digest(string(password)), []string{"superuser"}})
}

// discover asks everybody behind the names of discovery for theirs; the readiness port is open while a majority and the first are seen.
func (n *node) discover(ready string) {
	var open net.Listener
	client := &http.Client{Transport: n.transport, Timeout: requestTimeout}
	for ; ; time.Sleep(time.Second) {
		seen, first := map[string]bool{n.name: true}, ""
		if n.name == n.first {
			first = n.name
		}
		for _, seed := range n.seeds {
			addresses, err := net.LookupHost(seed)
			if err != nil {
				note("info", err.Error())
			}
			for _, address := range addresses {
				var name string
				host := net.JoinHostPort(address, "9300")
				if err := ask(client, http.MethodGet, "https://"+host+"/_stand_in/name", "", "", nil, &name); err != nil {
					note("info", err.Error())
					continue
				}
				if seen[name] = true; name == n.first && n.name != n.first {
					first = host
				}
			}
		}
		isReady := first != "" && 2*len(seen) > len(n.initial)
		n.seen.Store(int64(len(seen)))
		if !isReady {
			first = ""
		}
		n.firstAddress.Store(first)
		if isReady && open == nil {
			listener, err := net.Listen("tcp", ready)
			if err != nil {
				fail(err)
			}
			open = listener
			note("info", fmt.Sprintf("joined: %d of %d nodes", len(seen), len(n.initial)))
		} else if !isReady && open != nil {
			if err := open.Close(); err != nil {
				fail(err)
			}
			open = nil
		}
	}
}
