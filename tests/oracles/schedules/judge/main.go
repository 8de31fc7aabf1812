// Command judge reads schedules, and tells what the library that Kubernetes' CronJob controller uses makes of them.
package main

import (
	"bufio"
	"encoding/json"
	"os"
	"time"
	_ "time/tzdata"

	"github.com/robfig/cron/v3"
)

type question struct {
	Schedule string `json:"schedule"`
	Zone     string `json:"zone"`
}

type answer struct {
	Error string `json:"error,omitempty"`
	Never bool   `json:"never,omitempty"`
	Gap   int64  `json:"gap"`
}

// judge returns the longest time in seconds between two runs of 28 years.
func judge(asked question) answer {
	zone, err := time.LoadLocation(asked.Zone)
	if err != nil {
		return answer{Error: err.Error()}
	}
	schedule, err := cron.ParseStandard("TZ=" + asked.Zone + " " + asked.Schedule)
	if err != nil {
		return answer{Error: err.Error()}
	}
	run := schedule.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, zone).Add(-time.Second))
	if run.IsZero() {
		return answer{Never: true}
	}
	end := time.Date(2054, 1, 1, 0, 0, 0, 0, zone)
	var longest time.Duration
	for {
		next := schedule.Next(run)
		if next.IsZero() || !next.Before(end) {
			break
		}
		longest = max(longest, next.Sub(run))
		run = next
	}
	return answer{Gap: int64(longest.Seconds())}
}

func main() {
	lines, answers := bufio.NewScanner(os.Stdin), json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var asked question
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			panic(err)
		}
		if err := answers.Encode(judge(asked)); err != nil {
			panic(err)
		}
	}
}
