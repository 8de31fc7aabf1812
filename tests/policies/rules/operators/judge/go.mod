module quadrant.dev/cnpg-schedule-judge

go 1.26.0

require github.com/robfig/cron v1.2.0
