package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apihelpers"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	extensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	extensions "k8s.io/apiextensions-apiserver/pkg/apiserver"
	structural "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apiextensions-apiserver/pkg/crdserverscheme"
	"k8s.io/apiextensions-apiserver/pkg/registry/customresource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	kjson "sigs.k8s.io/json"
)

// define adds the kinds of a file's CustomResourceDefinitions, each of which the API server would have accepted.
func define(kinds map[schema.GroupVersionKind]kind, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<26)
	for lines.Scan() {
		obj, err := runtime.Decode(extensions.Codecs.UniversalDecoder(extensionsv1.SchemeGroupVersion), lines.Bytes())
		if err != nil {
			return err
		}
		definition, ok := obj.(*extensionsv1.CustomResourceDefinition)
		if !ok {
			return fmt.Errorf("a %T is no definition", obj)
		}
		for _, version := range definition.Spec.Versions {
			found, err := custom(definition, version)
			if err != nil {
				return fmt.Errorf("%s %s: %w", definition.Name, version.Name, err)
			}
			kinds[gvk(definition, version)] = found
		}
	}
	return lines.Err()
}

func gvk(definition *extensionsv1.CustomResourceDefinition, version extensionsv1.CustomResourceDefinitionVersion) schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: definition.Spec.Group, Version: version.Name, Kind: definition.Spec.Names.Kind}
}

// custom builds a version of a custom kind as the API server does.
func custom(definition *extensionsv1.CustomResourceDefinition, version extensionsv1.CustomResourceDefinitionVersion) (kind, error) {
	external, err := apihelpers.GetSchemaForVersion(definition, version.Name)
	if err != nil {
		return kind{}, err
	}
	internal := &apiextensions.CustomResourceValidation{}
	if err := extensionsv1.Convert_v1_CustomResourceValidation_To_apiextensions_CustomResourceValidation(external, internal, nil); err != nil {
		return kind{}, err
	}
	shape, err := structural.NewStructural(internal.OpenAPIV3Schema)
	if err != nil {
		return kind{}, err
	}
	if err := defaulting.PruneDefaults(shape); err != nil {
		return kind{}, err
	}
	validator, _, err := validation.NewSchemaValidator(internal.OpenAPIV3Schema)
	if err != nil {
		return kind{}, err
	}
	var status *apiextensions.CustomResourceSubresourceStatus
	if version.Subresources != nil && version.Subresources.Status != nil {
		status = &apiextensions.CustomResourceSubresourceStatus{}
	}
	var scale *apiextensions.CustomResourceSubresourceScale
	if version.Subresources != nil && version.Subresources.Scale != nil {
		scale = &apiextensions.CustomResourceSubresourceScale{}
		if err := extensionsv1.Convert_v1_CustomResourceSubresourceScale_To_apiextensions_CustomResourceSubresourceScale(version.Subresources.Scale, scale, nil); err != nil {
			return kind{}, err
		}
	}
	namespaced := definition.Spec.Scope == extensionsv1.NamespaceScoped
	strategy := customresource.NewStrategy(crdserverscheme.NewUnstructuredObjectTyper(), namespaced, gvk(definition, version), validator, nil, shape, status, scale, version.SelectableFields)
	decode := func(line []byte) (runtime.Object, error) { return coerced(line, shape) }
	return kind{decode: decode, strategy: strategy}, nil
}

// coerced reads a custom object strictly: no key twice, no unknown field, metadata of the right types, with defaults.
func coerced(line []byte, shape *structural.Structural) (runtime.Object, error) {
	obj := &unstructured.Unstructured{}
	wrong, err := kjson.UnmarshalStrict(line, &obj.Object)
	if err != nil {
		return nil, err
	}
	meta, found, unknown, err := objectmeta.GetObjectMetaWithOptions(obj.Object, objectmeta.ObjectMetaOptions{ReturnUnknownFieldPaths: true})
	if err != nil {
		return nil, err
	}
	unknown = append(unknown, pruning.PruneWithOptions(obj.Object, shape, true, structural.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})...)
	defaulting.PruneNonNullableNullsWithoutDefaults(obj.Object, shape)
	fault, more := objectmeta.CoerceWithOptions(nil, obj.Object, shape, false, objectmeta.CoerceOptions{ReturnUnknownFieldPaths: true})
	if fault != nil {
		return nil, fault
	}
	if unknown = append(unknown, more...); len(unknown) > 0 {
		wrong = append(wrong, fmt.Errorf("unknown field %s", strings.Join(unknown, ", ")))
	}
	if found {
		if err := objectmeta.SetObjectMeta(obj.Object, meta); err != nil {
			return nil, err
		}
	}
	defaulting.Default(obj.Object, shape)
	return obj, errors.Join(wrong...)
}
