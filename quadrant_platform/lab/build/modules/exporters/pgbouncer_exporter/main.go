// Command pgbouncer_exporter serves the pools of a PgBouncer as Prometheus metrics, under the names and the flags of
// the exporter of the same name that clusters use.
package main

import (
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"log"
	"net/http"
	"strconv"
	"time"

	_ "github.com/lib/pq"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// gauges names the metric of each column of SHOW POOLS.
var gauges = map[string]string{
	"cl_active":  "client_active_connections",
	"cl_waiting": "client_waiting_connections",
	"sv_active":  "server_active_connections",
	"sv_idle":    "server_idle_connections",
	"sv_used":    "server_used_connections",
	"sv_tested":  "server_testing_connections",
	"sv_login":   "server_login_connections",
	"maxwait":    "client_maxwait_seconds",
}

type pools struct {
	console *sql.DB
	up      *prometheus.Desc
	columns map[string]*prometheus.Desc
}

func newPools(console *sql.DB) *pools {
	columns := map[string]*prometheus.Desc{}
	for column, metric := range gauges {
		name := "pgbouncer_pools_" + metric
		columns[column] = prometheus.NewDesc(name, "Column "+column+" of SHOW POOLS.", []string{"database", "user"}, nil)
	}
	up := prometheus.NewDesc("pgbouncer_up", "Whether the last scrape reached PgBouncer.", nil, nil)
	return &pools{console, up, columns}
}

// Describe implements prometheus.Collector.
func (p *pools) Describe(descriptions chan<- *prometheus.Desc) {
	descriptions <- p.up
	for _, column := range p.columns {
		descriptions <- column
	}
}

// Collect implements prometheus.Collector.
func (p *pools) Collect(metrics chan<- prometheus.Metric) {
	up := 1.0
	if err := p.show(metrics); err != nil {
		log.Printf("SHOW POOLS: %v", err)
		up = 0
	}
	metrics <- prometheus.MustNewConstMetric(p.up, prometheus.GaugeValue, up)
}

func (p *pools) show(metrics chan<- prometheus.Metric) (err error) {
	rows, err := p.console.Query("SHOW POOLS")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	cells, places := make([]sql.NullString, len(names)), make([]any, len(names))
	for i := range cells {
		places[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return err
		}
		row := map[string]string{}
		for i, name := range names {
			row[name] = cells[i].String
		}
		for column, description := range p.columns {
			value, err := strconv.ParseFloat(row[column], 64)
			if err != nil {
				continue // releases differ in their columns
			}
			metrics <- prometheus.MustNewConstMetric(
				description, prometheus.GaugeValue, value, row["database"], row["user"])
		}
	}
	return rows.Err()
}

func main() {
	address := flag.String("web.listen-address", ":9127", "Where metrics are served.")
	url := flag.String("pgBouncer.connectionString", "", "PgBouncer's admin console, as a postgres:// URL.")
	flag.Parse()
	console, err := sql.Open("postgres", *url)
	if err != nil {
		log.Fatalf("--pgBouncer.connectionString: %v", err)
	}
	console.SetMaxOpenConns(1)
	registry := prometheus.NewRegistry()
	registry.MustRegister(newPools(console))
	http.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	// The landing page, which probes ask for: it answers whether or not PgBouncer does.
	http.HandleFunc("/{$}", func(answer http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(answer, "pgbouncer_exporter: see /metrics")
	})
	server := &http.Server{Addr: *address, ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}
