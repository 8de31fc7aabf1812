package main

import (
	"context"
	"net"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	extensions "k8s.io/apiextensions-apiserver/pkg/apiserver"
	"k8s.io/apiextensions-apiserver/pkg/registry/customresourcedefinition"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/runtime/serializer/json"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/apiserver/pkg/registry/generic"
	"k8s.io/apiserver/pkg/registry/rest"
	"k8s.io/apiserver/pkg/storage"
	"k8s.io/apiserver/pkg/storage/storagebackend"
	"k8s.io/apiserver/pkg/storage/storagebackend/factory"
	"k8s.io/client-go/tools/cache"
	aggregation "k8s.io/kube-aggregator/pkg/apis/apiregistration"
	aggregator "k8s.io/kube-aggregator/pkg/apiserver/scheme"
	"k8s.io/kube-aggregator/pkg/registry/apiservice"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/registry/core/service/ipallocator"
	"k8s.io/kubernetes/pkg/registry/core/service/portallocator"
	services "k8s.io/kubernetes/pkg/registry/core/service/storage"
)

// native returns every kind that is judged without a definition, in all versions that the API server can decode.
func native() map[schema.GroupVersionKind]kind {
	kinds := map[schema.GroupVersionKind]kind{}
	add := func(scheme *runtime.Scheme, codecs serializer.CodecFactory, found map[schema.GroupKind]rest.RESTCreateStrategy) {
		strict := json.NewSerializerWithOptions(json.DefaultMetaFactory, scheme, scheme, json.SerializerOptions{Strict: true})
		for group, strategy := range found {
			into := schema.GroupVersion{Group: group.Group, Version: runtime.APIVersionInternal}
			decode := func(line []byte) (runtime.Object, error) {
				return runtime.Decode(codecs.DecoderToVersion(strict, into), line)
			}
			for _, version := range scheme.VersionsForGroupKind(group) {
				if version.Version != runtime.APIVersionInternal {
					kinds[version.WithKind(group.Kind)] = kind{decode: decode, strategy: strategy}
				}
			}
		}
	}
	add(legacyscheme.Scheme, legacyscheme.Codecs, strategies())
	add(extensions.Scheme, extensions.Codecs, map[schema.GroupKind]rest.RESTCreateStrategy{
		apiextensions.Kind("CustomResourceDefinition"): customresourcedefinition.NewStrategy(extensions.Scheme),
	})
	add(aggregator.Scheme, aggregator.Codecs, map[schema.GroupKind]rest.RESTCreateStrategy{
		{Group: aggregation.GroupName, Kind: "APIService"}: apiservice.NewStrategy(aggregator.Scheme),
	})
	service := kinds[schema.GroupVersionKind{Version: "v1", Kind: "Service"}]
	service.begin = allocations()
	kinds[schema.GroupVersionKind{Version: "v1", Kind: "Service"}] = service
	return kinds
}

// allocations returns what gives a Service its addresses and ports: a cluster of both families that may
// give any address.
func allocations() func(runtime.Object) error {
	dryRun, storage := &metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}}, serviceStorage()
	return func(obj runtime.Object) error {
		_, err := storage.BeginCreate(context.Background(), obj, dryRun)
		return err
	}
}

func serviceStorage() *services.REST {
	options := generic.RESTOptions{
		ResourcePrefix: "services",
		StorageConfig:  (&storagebackend.Config{}).ForResource(core.Resource("services")),
		Decorator: func(*storagebackend.ConfigForResource, string, func(runtime.Object) (string, error), func() runtime.Object,
			func() runtime.Object, storage.AttrFunc, storage.IndexerFuncs, *cache.Indexers,
		) (storage.Interface, factory.DestroyFunc, error) {
			return nil, func() {}, nil
		},
	}
	ports := must(portallocator.NewInMemory(nodePorts))
	found, _, _, err := services.NewREST(options, core.IPv4Protocol, map[core.IPFamily]ipallocator.Interface{
		core.IPv4Protocol: unbound{must(ipallocator.NewInMemory(network("10.96.0.0/12")))},
		core.IPv6Protocol: unbound{must(ipallocator.NewInMemory(network("fd00:10:96::/112")))},
	}, ranged{ports}, nil, nil, nil)
	if err != nil {
		panic(err)
	}
	return found
}

// unbound gives every address that is asked for, since the range differs from cluster to cluster.
type unbound struct{ ipallocator.Interface }

func (one unbound) DryRun() ipallocator.Interface { return unbound{one.Interface.DryRun()} }

func (one unbound) Allocate(net.IP) error { return nil }

// nodePorts is the range of an API server that was not told otherwise.
var nodePorts = utilnet.PortRange{Base: 30000, Size: 2768}

// ranged takes every port outside the range as given away, since a dry run asks no more than that.
type ranged struct{ *portallocator.PortAllocator }

func (one ranged) Has(port int) bool { return !nodePorts.Contains(port) || one.PortAllocator.Has(port) }

func network(cidr string) *net.IPNet {
	_, found, err := net.ParseCIDR(cidr)
	if err != nil {
		panic(err)
	}
	return found
}

func must[T any](one T, err error) T {
	if err != nil {
		panic(err)
	}
	return one
}
