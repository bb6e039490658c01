// elastic-stand-in keeps the places of Elasticsearch, Kibana and Fluentd, which no registry that CI may ask has. It is none of them:
// it reads the configuration that they would read, refuses what is not there, and answers the few requests that the stack makes,
// so that everything around them is real. What it plays is its name, as it was called:
//
//	elasticsearch           users, roles, policies, templates and documents, on the volume of the first node; see elasticsearch.go
//	elasticsearch-keystore  create, and add with the value on the standard input
//	kibana                  signs in to Elasticsearch, and says on /api/status whether that worked
//	fluentd                 sends the lines of /var/log/containers; neither buffers nor joins lines
//	tini                    runs what follows "--"
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

func main() {
	// As process 1 it would ignore TERM.
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		<-ended
		os.Exit(0)
	}()
	name, arguments := filepath.Base(os.Args[0]), os.Args[1:]
	plays := map[string]func([]string) error{
		"elasticsearch": elasticsearch, "elasticsearch-keystore": keystore, "kibana": kibana, "fluentd": fluentd, "tini": tini,
	}
	play, isKnown := plays[name]
	if !isKnown {
		fail(fmt.Errorf("nothing to play as %q", name))
	}
	if name == "elasticsearch" || name == "kibana" || name == "fluentd" {
		note("info", "STAND-IN, not "+name)
	}
	fail(play(arguments))
}

func note(level, message string) { fmt.Fprintf(os.Stderr, "level=%s msg=%q\n", level, message) }

func fail(err error) {
	if err != nil {
		note("error", err.Error())
		os.Exit(1)
	}
	os.Exit(0)
}

func tini(arguments []string) error {
	if len(arguments) < 2 || arguments[0] != "--" {
		return fmt.Errorf("tini: allowed is -- and a command, not %q", arguments)
	}
	// No shell and no PATH in between: the image has its programs in one folder.
	return syscall.Exec("/usr/local/bin/"+arguments[1], arguments[1:], os.Environ())
}

func authorities(files []string) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if !pool.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("%s has no certificate", file)
		}
	}
	return pool, nil
}

// ask makes a request as a user, unless the name is empty, and answers its body, read as JSON into answer.
func ask(client *http.Client, method, url, user, password string, body io.Reader, answer any) error {
	request, err := http.NewRequest(method, url, body)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	if user != "" {
		request.SetBasicAuth(user, password)
	} else if password != "" {
		request.Header.Set("Authorization", "Bearer "+password)
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s %s: %s %.300s", method, url, response.Status, text)
	}
	return json.Unmarshal(text, answer)
}

func clientTrusting(files []string) (*http.Client, error) {
	pool, err := authorities(files)
	return &http.Client{Timeout: requestTimeout, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}, err
}

// isWritable says whether files can be made in a directory.
func isWritable(directory string) error {
	file, err := os.CreateTemp(directory, ".stand-in-")
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}
