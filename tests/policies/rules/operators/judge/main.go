// Judge tells how CloudNativePG's parser reads schedules: one a line in, one JSON object a line out, with the schedule,
// and the first two times after the start of 2026, or the parser's error.
package main

import (
	"bufio"
	"encoding/json"
	"log"
	"os"
	"time"

	"github.com/robfig/cron"
)

type verdict struct {
	Schedule string   `json:"schedule"`
	Error    string   `json:"error,omitempty"`
	Next     []string `json:"next,omitempty"`
}

func main() {
	lines, out := bufio.NewScanner(os.Stdin), json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for lines.Scan() {
		found := verdict{Schedule: lines.Text()}
		read, err := cron.Parse(found.Schedule)
		if err != nil {
			found.Error = err.Error()
		} else {
			for at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); len(found.Next) < 2; {
				at = read.Next(at)
				found.Next = append(found.Next, at.Format(time.RFC3339))
			}
		}
		if err := out.Encode(found); err != nil {
			log.Fatal(err)
		}
	}
	if err := lines.Err(); err != nil {
		log.Fatal(err)
	}
}
