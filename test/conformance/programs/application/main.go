// application is what a stack watches in the tests: it writes the JSON lines that a document describes, numbered, and exposes metrics.
//
// Lines go to the standard output: -lines of them, or without end until POST /stop. Arguments are written after them as they
// stand. It then goes on serving:
//
//	GET  /metrics  the metrics of the document
//	GET  /lines    how many numbered lines were written
//	POST /lines    writes its body as it stands
//	POST /stop     ends the numbered lines and answers how many there are
package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

// perMille keeps shares exact: of 1000 lines, so many are errors.
const perMille = 1000

type application struct {
	mutex      sync.Mutex
	out        *bufio.Writer
	written    int
	isStopped  bool
	failShare  int
	length     int
	started    time.Time
	eventsRate float64
}

// failed counts the failures among the first n; they are spread evenly.
func (a *application) failed(n int) int { return n * a.failShare / perMille }

// line is the numbered line i: a request that took i milliseconds, padded to the length that is asked for.
func (a *application) line(i int) string {
	level, status := "INFO", http.StatusOK
	if a.failed(i) > a.failed(i-1) {
		level, status = "ERROR", http.StatusServiceUnavailable
	}
	line := fmt.Sprintf(`{"level":%q,"logger":"com.qgx.order.OrderController","message":"request completed","traceId":"trace-%d",`+
		`"httpMethod":"GET","uri":"/api/orders/%d","statusCode":%d,"duration":%d,"seq":%d`, level, i, i, status, i, i)
	const padded = `,"padding":""}`
	if len(line)+1 < a.length {
		return line + `,"padding":"` + strings.Repeat("x", max(0, a.length-len(line)-len(padded))) + "\"}\n"
	}
	return line + "}\n"
}

// write writes up to count more lines and says whether any may follow.
func (a *application) write(count, limit int) (bool, error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	for ; count > 0 && !a.isStopped && (limit == 0 || a.written < limit); count-- {
		if _, err := a.out.WriteString(a.line(a.written + 1)); err != nil {
			return false, err
		}
		a.written++
	}
	return !a.isStopped && (limit == 0 || a.written < limit), a.out.Flush()
}

// run writes lines at the rate, in portions of a tenth of a second; without a rate, as fast as they are taken.
func (a *application) run(limit int, rate float64, further []string) error {
	const perSecond = 10
	for began := time.Now(); ; {
		portion := perMille
		if rate > 0 {
			portion = int(time.Since(began).Seconds()*rate) - a.written
		}
		if more, err := a.write(portion, limit); err != nil || !more {
			if err != nil {
				return err
			}
			break
		}
		if rate > 0 {
			time.Sleep(time.Second / perSecond)
		}
	}
	a.mutex.Lock()
	defer a.mutex.Unlock()
	for _, line := range further {
		if _, err := fmt.Fprintln(a.out, line); err != nil {
			return err
		}
	}
	return a.out.Flush()
}

func (a *application) metrics(response http.ResponseWriter, _ *http.Request) {
	events := int(time.Since(a.started).Seconds() * a.eventsRate)
	failures := a.failed(events)
	response.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	fmt.Fprintf(response, "# HELP qgx_events_total Events that were handled.\n# TYPE qgx_events_total counter\n"+
		"qgx_events_total{type=\"order\",outcome=\"success\"} %d\nqgx_events_total{type=\"order\",outcome=\"failure\"} %d\n",
		events-failures, failures)
}

func (a *application) answerWritten(response http.ResponseWriter, _ *http.Request) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	fmt.Fprintln(response, a.written)
}

func (a *application) stop(response http.ResponseWriter, request *http.Request) {
	a.mutex.Lock()
	a.isStopped = true
	a.mutex.Unlock()
	a.answerWritten(response, request)
}

func (a *application) copyBody(response http.ResponseWriter, request *http.Request) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	_, err := io.Copy(a.out, request.Body)
	if err := errors.Join(err, a.out.Flush()); err != nil {
		http.Error(response, err.Error(), http.StatusInternalServerError)
	}
}

func main() {
	lines := flag.Int("lines", 0, "numbered lines to write; 0 = until POST /stop")
	rate := flag.Float64("rate", 0, "lines a second; 0 = as fast as they are taken")
	errorShare := flag.Float64("error-share", 0.2, "share of lines and events that are errors, in steps of 0.001")
	length := flag.Int("length", 0, "bytes that a line has at least, without its end")
	port := flag.Int("port", 8080, "port of /metrics, /lines and /stop")
	eventsRate := flag.Float64("events-rate", 2, "events a second")
	flag.Parse()

	a := &application{
		out:        bufio.NewWriter(os.Stdout),
		failShare:  int(*errorShare*perMille + 0.5),
		length:     *length,
		started:    time.Now(),
		eventsRate: *eventsRate,
	}
	http.HandleFunc("GET /metrics", a.metrics)
	http.HandleFunc("GET /lines", a.answerWritten)
	http.HandleFunc("POST /lines", a.copyBody)
	http.HandleFunc("POST /stop", a.stop)
	go func() {
		if err := a.run(*lines, *rate, flag.Args()); err != nil {
			log.Fatal(err)
		}
	}()
	log.Fatal(http.ListenAndServe(fmt.Sprintf(":%d", *port), nil))
}
