// Judge tells what an API server refuses about an object when it is created.
//
// Arguments are files of CustomResourceDefinitions as JSON, one a line. Each line of standard input is an object as
// JSON. Each line of output is one JSON object: `errors`, each with type, field and detail; `decoding` for an object
// that the API's types refuse, by strict reading; or `unknown` for a kind that is not judged here.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/rest"
)

type fault struct {
	Type   string `json:"type"`
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

type answer struct {
	Errors   []fault `json:"errors,omitempty"`
	Decoding string  `json:"decoding,omitempty"`
	Unknown  string  `json:"unknown,omitempty"`
}

// decoder reads an object strictly, sets its defaults and converts it to the version in which it is judged.
type decoder func(line []byte) (runtime.Object, error)

// kind is what the API server has for one resource.
type kind struct {
	decode   decoder
	strategy rest.RESTCreateStrategy
	// begin is what the server does before it judges, for the few that do anything.
	begin func(runtime.Object) error
}

func main() {
	log.SetFlags(0)
	kinds := native()
	for _, path := range os.Args[1:] {
		if err := define(kinds, path); err != nil {
			log.Fatalf("%s: %v", path, err)
		}
	}
	if err := serve(kinds, bufio.NewReaderSize(os.Stdin, 1<<20), bufio.NewWriter(os.Stdout)); err != nil {
		log.Fatal(err)
	}
}

func serve(kinds map[schema.GroupVersionKind]kind, in *bufio.Reader, out *bufio.Writer) error {
	answers := json.NewEncoder(out)
	for {
		line, err := in.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return out.Flush()
		}
		if err != nil {
			return err
		}
		if err := answers.Encode(judged(kinds, line)); err != nil {
			return err
		}
		if in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return err
			}
		}
	}
}

func judged(kinds map[schema.GroupVersionKind]kind, line []byte) (found answer) {
	defer func() {
		if broken := recover(); broken != nil {
			log.Fatalf("panic %v on %s", broken, line)
		}
	}()
	head := metav1.TypeMeta{}
	if err := json.Unmarshal(line, &head); err != nil {
		return answer{Decoding: err.Error()}
	}
	one, known := kinds[head.GroupVersionKind()]
	if !known {
		return answer{Unknown: head.GroupVersionKind().String()}
	}
	obj, err := one.decode(line)
	if err != nil {
		return answer{Decoding: err.Error()}
	}
	return answer{Errors: faults(create(one, obj))}
}

// create does what the API server's generic registry does with an object before it stores it.
func create(one kind, obj runtime.Object) error {
	meta, err := metaOf(obj)
	if err != nil {
		return err
	}
	namespace := metav1.NamespaceNone
	if one.strategy.NamespaceScoped() {
		if namespace = meta.GetNamespace(); namespace == "" {
			namespace = metav1.NamespaceDefault
		}
	}
	ctx := request.WithNamespace(request.NewContext(), namespace)
	rest.WipeObjectMetaSystemFields(meta)
	if err := rest.EnsureObjectNamespaceMatchesRequestNamespace(namespace, meta); err != nil {
		return err
	}
	rest.FillObjectMetaSystemFields(meta)
	if meta.GetGenerateName() != "" && meta.GetName() == "" {
		meta.SetName(one.strategy.GenerateName(meta.GetGenerateName()))
	}
	if one.begin != nil {
		if err := one.begin(obj); err != nil {
			return err
		}
	}
	return rest.BeforeCreate(one.strategy, ctx, obj)
}

func metaOf(obj runtime.Object) (metav1.Object, error) {
	if custom, ok := obj.(*unstructured.Unstructured); ok {
		return custom, nil
	}
	accessor, ok := obj.(metav1.ObjectMetaAccessor)
	if !ok {
		return nil, errors.New("the object has no metadata")
	}
	return accessor.GetObjectMeta(), nil
}

func faults(err error) []fault {
	if err == nil {
		return nil
	}
	status := apierrors.APIStatus(nil)
	if !errors.As(err, &status) || status.Status().Details == nil || len(status.Status().Details.Causes) == 0 {
		return []fault{{Type: "Other", Detail: err.Error()}}
	}
	found := []fault{}
	for _, cause := range status.Status().Details.Causes {
		found = append(found, fault{Type: string(cause.Type), Field: cause.Field, Detail: cause.Message})
	}
	return found
}
