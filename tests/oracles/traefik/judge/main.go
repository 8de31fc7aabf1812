// Judge tells which of some rules Traefik's own muxer chooses for a request.
//
// Each line of standard input is one JSON object: `rules`, each with name, match and priority, `host` and `path`. Each
// line of output is one JSON object: `served`, the name of the chosen rule or nothing, or `error` for a rule that the
// muxer refuses. `syntax` is v3 or v2, and v3 where it is left out.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/traefik/traefik/v3/pkg/middlewares/requestdecorator"
	muxer "github.com/traefik/traefik/v3/pkg/muxer/http"
)

type question struct {
	Rules []struct {
		Name     string `json:"name"`
		Match    string `json:"match"`
		Priority int    `json:"priority"`
	} `json:"rules"`
	Syntax string `json:"syntax"`
	Host   string `json:"host"`
	Path   string `json:"path"`
}

type answer struct {
	Served string `json:"served"`
	Error  string `json:"error,omitempty"`
}

func main() {
	in, out := bufio.NewReader(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			log.Fatal(err)
		}
		found, err := judged(line)
		if err != nil {
			found.Error = err.Error()
		}
		if err := out.Encode(found); err != nil {
			log.Fatal(err)
		}
	}
}

func judged(line []byte) (answer, error) {
	var asked question
	if err := json.Unmarshal(line, &asked); err != nil {
		return answer{}, err
	}
	if asked.Syntax == "" {
		asked.Syntax = "v3"
	}
	parser, err := muxer.NewSyntaxParser()
	if err != nil {
		return answer{}, err
	}
	found := answer{}
	mux := muxer.NewMuxer(parser, nil)
	for _, rule := range asked.Rules {
		serve := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { found.Served = rule.Name })
		if err := mux.AddRoute(rule.Match, asked.Syntax, rule.Priority, "", serve); err != nil {
			return answer{}, err
		}
	}
	request := httptest.NewRequest(http.MethodGet, asked.Path, nil)
	request.Host = asked.Host
	requestdecorator.New(nil).ServeHTTP(httptest.NewRecorder(), request, mux.ServeHTTP)
	return found, nil
}
