package main

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"time"
)

const requestTimeout = 10 * time.Second

// shortestKey is the least that Kibana takes as an encryption key.
const shortestKey = 32

func kibana([]string) error {
	s, err := readSettings("/usr/share/kibana/config/kibana.yml")
	if err != nil {
		return err
	}
	user, password, hosts := s.one("elasticsearch.username"), s.one("elasticsearch.password"), s.list("elasticsearch.hosts")
	for _, feature := range []string{"security", "encryptedSavedObjects", "reporting"} {
		if name := "xpack." + feature + ".encryptionKey"; len(s.one(name)) < shortestKey {
			return fmt.Errorf("%s has %d characters; allowed are at least %d", name, len(s.one(name)), shortestKey)
		}
	}
	client, err := clientTrusting(s.list("elasticsearch.ssl.certificateAuthorities"))
	if err != nil {
		return err
	}
	for _, directory := range []string{"/usr/share/kibana/data", "/usr/share/kibana/logs", "/tmp"} {
		if err := isWritable(directory); err != nil {
			return err
		}
	}
	address := s.one("server.host") + ":" + s.one("server.port")
	s.list("server.shutdownTimeout")
	s.list("server.basePath")
	s.list("server.publicBaseUrl")
	if err := s.check(map[string][]string{"elasticsearch.ssl.verificationMode": {"full"}, "telemetry.optIn": {"false"}}); err != nil {
		return err
	}
	var signedIn atomic.Bool
	go func() {
		for ; ; time.Sleep(time.Second) {
			var answer struct{ Username string }
			err := fmt.Errorf("no elasticsearch.hosts")
			for _, host := range hosts {
				err = ask(client, http.MethodGet, host+"/_security/_authenticate", user, password, nil, &answer)
			}
			if isIn := err == nil && answer.Username == user; signedIn.Swap(isIn) != isIn || err != nil {
				note("info", fmt.Sprintf("signed in as %s: %t %v", user, isIn, err))
			}
		}
	}()
	return http.ListenAndServe(address, http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		switch {
		case request.URL.Path != "/api/status":
			http.NotFound(response, request)
		case signedIn.Load():
			fmt.Fprintln(response, `{"status":{"overall":{"level":"available"}}}`)
		default:
			http.Error(response, `{"status":{"overall":{"level":"unavailable"}}}`, http.StatusServiceUnavailable)
		}
	}))
}
