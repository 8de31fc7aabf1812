// Judge tells which Pod Security checks Kubernetes' own evaluator finds violated.
//
// Arguments are policy versions, such as v1.34 or latest. Each line of standard input is a pod as JSON. Each line of
// output is one JSON object: `verdicts`, by version and level the violated checks' ids, or `error` for a pod that the
// API's types refuse.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	kjson "sigs.k8s.io/json"
)

type answer struct {
	Verdicts map[string]map[api.Level][]string `json:"verdicts,omitempty"`
	Error    string                            `json:"error,omitempty"`
}

func main() {
	versions := map[string]api.Version{}
	for _, name := range os.Args[1:] {
		version, err := api.ParseVersion(name)
		if err != nil {
			log.Fatal(err)
		}
		versions[name] = version
	}
	evaluator, err := policy.NewEvaluator(identified(policy.DefaultChecks()), nil)
	if err != nil {
		log.Fatal(err)
	}
	if err := serve(evaluator, versions, bufio.NewReader(os.Stdin), json.NewEncoder(os.Stdout)); err != nil {
		log.Fatal(err)
	}
}

// identified makes each check give its id as the reason, since results carry no id.
func identified(checks []policy.Check) []policy.Check {
	for _, check := range checks {
		id := string(check.ID)
		for i, version := range check.Versions {
			run := version.CheckPod
			check.Versions[i].CheckPod = func(meta *metav1.ObjectMeta, spec *corev1.PodSpec) policy.CheckResult {
				result := run(meta, spec)
				result.ForbiddenReason = id
				return result
			}
		}
	}
	return checks
}

func serve(evaluator policy.Evaluator, versions map[string]api.Version, in *bufio.Reader, out *json.Encoder) error {
	for {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := out.Encode(judged(evaluator, versions, line)); err != nil {
			return err
		}
	}
}

func judged(evaluator policy.Evaluator, versions map[string]api.Version, line []byte) answer {
	var pod corev1.Pod
	strict, err := kjson.UnmarshalStrict(line, &pod)
	if err = errors.Join(append(strict, err)...); err != nil {
		return answer{Error: err.Error()}
	}
	setDefaults(&pod.Spec)
	verdicts := map[string]map[api.Level][]string{}
	for name, version := range versions {
		verdicts[name] = map[api.Level][]string{}
		for _, level := range []api.Level{api.LevelBaseline, api.LevelRestricted} {
			violated := []string{}
			for _, result := range evaluator.EvaluatePod(api.LevelVersion{Level: level, Version: version}, &pod.ObjectMeta, &pod.Spec) {
				if !result.Allowed {
					violated = append(violated, result.ForbiddenReason)
				}
			}
			verdicts[name][level] = violated
		}
	}
	return answer{Verdicts: verdicts}
}

// setDefaults does what the API server does before admission and what a check can see: a volume without a source is
// an emptyDir.
func setDefaults(spec *corev1.PodSpec) {
	for i := range spec.Volumes {
		if spec.Volumes[i].VolumeSource == (corev1.VolumeSource{}) {
			spec.Volumes[i].EmptyDir = &corev1.EmptyDirVolumeSource{}
		}
	}
}
