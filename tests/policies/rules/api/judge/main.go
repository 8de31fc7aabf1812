// Judge tells what Kubernetes' own authorizer lets the holder of a role do.
//
// The first line of standard input is a list of requests, each a method and a path of HTTP, or the attributes that a
// server asks about by itself; the first line of output has the attributes that Kubernetes gives to each. Every other
// line of standard input is a role, as the API has it, and its answer tells of each request whether it is allowed.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"os"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/kubernetes/pkg/registry/rbac/validation"
	"k8s.io/kubernetes/plugin/pkg/auth/authorizer/rbac"
)

const (
	holder    = "holder"
	namespace = "shop"
)

var requests = &request.RequestInfoFactory{
	APIPrefixes:          sets.NewString("api", "apis"),
	GrouplessAPIPrefixes: sets.NewString("api"),
}

type asked struct {
	Method string `json:"method,omitempty"`
	URL    string `json:"url,omitempty"`
	attributes
}

type attributes struct {
	Verb        string `json:"verb"`
	Group       string `json:"group"`
	Resource    string `json:"resource"`
	Subresource string `json:"subresource"`
	Namespace   string `json:"namespace"`
	Name        string `json:"name"`
	Path        string `json:"path"`
}

func main() {
	if err := serve(json.NewDecoder(bufio.NewReader(os.Stdin)), json.NewEncoder(os.Stdout)); err != nil {
		log.Fatal(err)
	}
}

func serve(in *json.Decoder, out *json.Encoder) error {
	var sent []asked
	if err := in.Decode(&sent); err != nil {
		return err
	}
	read := []attributes{}
	for _, one := range sent {
		found, err := one.resolved()
		if err != nil {
			return err
		}
		read = append(read, found)
	}
	if err := out.Encode(read); err != nil {
		return err
	}
	for {
		var role rbacv1.ClusterRole
		if err := in.Decode(&role); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		allowed, err := judged(role, read)
		if err != nil {
			return err
		}
		if err := out.Encode(allowed); err != nil {
			return err
		}
	}
}

func judged(role rbacv1.ClusterRole, requests []attributes) ([]bool, error) {
	rules := authorizerOf(role)
	allowed := []bool{}
	for _, one := range requests {
		decision, _, err := rules.Authorize(context.Background(), one.record())
		if err != nil {
			return nil, err
		}
		allowed = append(allowed, decision == authorizer.DecisionAllow)
	}
	return allowed, nil
}

// authorizerOf binds a role to the holder: a Role within the namespace, a ClusterRole everywhere.
func authorizerOf(role rbacv1.ClusterRole) *rbac.RBACAuthorizer {
	subjects := []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: holder}}
	reference := rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: role.Kind, Name: role.Name}
	var static *validation.StaticRoles
	if role.Kind == "Role" {
		meta := metav1.ObjectMeta{Namespace: namespace, Name: role.Name}
		_, static = validation.NewTestRuleResolver(
			[]*rbacv1.Role{{ObjectMeta: meta, Rules: role.Rules}},
			[]*rbacv1.RoleBinding{{ObjectMeta: meta, Subjects: subjects, RoleRef: reference}}, nil, nil)
	} else {
		_, static = validation.NewTestRuleResolver(
			nil, nil, []*rbacv1.ClusterRole{&role},
			[]*rbacv1.ClusterRoleBinding{{ObjectMeta: role.ObjectMeta, Subjects: subjects, RoleRef: reference}})
	}
	return rbac.New(static, static, static, static)
}

// resolved returns the attributes, which Kubernetes' own reading gives to a request of HTTP.
func (one asked) resolved() (attributes, error) {
	if one.Method == "" {
		return one.attributes, nil
	}
	sent, err := http.NewRequest(one.Method, one.URL, nil)
	if err != nil {
		return attributes{}, err
	}
	info, err := requests.NewRequestInfo(sent)
	if err != nil {
		return attributes{}, err
	}
	if !info.IsResourceRequest {
		return attributes{Verb: info.Verb, Path: info.Path}, nil
	}
	return attributes{
		Verb: info.Verb, Group: info.APIGroup, Resource: info.Resource, Subresource: info.Subresource,
		Namespace: info.Namespace, Name: info.Name,
	}, nil
}

func (one attributes) record() authorizer.AttributesRecord {
	return authorizer.AttributesRecord{
		User: &user.DefaultInfo{Name: holder}, Verb: one.Verb, APIGroup: one.Group, Resource: one.Resource,
		Subresource: one.Subresource, Namespace: one.Namespace, Name: one.Name, Path: one.Path,
		ResourceRequest: one.Path == "",
	}
}
