package main

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"fmt"
	"sort"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

//go:embed schema.json.gz
var packedSchema []byte

// The JSON form of `terraform providers schema -json`.
type jsonAttribute struct {
	Type      json.RawMessage `json:"type"`
	Required  bool            `json:"required"`
	Optional  bool            `json:"optional"`
	Computed  bool            `json:"computed"`
	Sensitive bool            `json:"sensitive"`
	WriteOnly bool            `json:"write_only"`
}

type jsonNested struct {
	Nesting string    `json:"nesting_mode"`
	Min     int64     `json:"min_items"`
	Max     int64     `json:"max_items"`
	Block   jsonBlock `json:"block"`
}

type jsonBlock struct {
	Attributes map[string]jsonAttribute `json:"attributes"`
	BlockTypes map[string]jsonNested    `json:"block_types"`
}

type jsonSchema struct {
	Version int64     `json:"version"`
	Block   jsonBlock `json:"block"`
}

type jsonProvider struct {
	Provider  jsonSchema            `json:"provider"`
	Resources map[string]jsonSchema `json:"resource_schemas"`
	Data      map[string]jsonSchema `json:"data_source_schemas"`
}

type schemas struct {
	address         string // the provider's source address
	own             *tfprotov5.Schema
	resources, data map[string]*tfprotov5.Schema
}

var nestingModes = map[string]tfprotov5.SchemaNestedBlockNestingMode{
	"list":   tfprotov5.SchemaNestedBlockNestingModeList,
	"set":    tfprotov5.SchemaNestedBlockNestingModeSet,
	"single": tfprotov5.SchemaNestedBlockNestingModeSingle,
	"map":    tfprotov5.SchemaNestedBlockNestingModeMap,
}

func loadSchemas() (*schemas, error) {
	unpacked, err := gzip.NewReader(bytes.NewReader(packedSchema))
	if err != nil {
		return nil, err
	}
	var document struct {
		Providers map[string]jsonProvider `json:"provider_schemas"`
	}
	if err := json.NewDecoder(unpacked).Decode(&document); err != nil {
		return nil, err
	}
	for address, each := range document.Providers {
		block, err := schemaBlock(each.Provider.Block)
		if err != nil {
			return nil, err
		}
		loaded := &schemas{address: address, own: &tfprotov5.Schema{Block: block}}
		if loaded.resources, err = schemasOf(each.Resources); err != nil {
			return nil, err
		}
		loaded.data, err = schemasOf(each.Data)
		return loaded, err
	}
	return nil, fmt.Errorf("schema.json.gz holds no provider")
}

func schemasOf(types map[string]jsonSchema) (map[string]*tfprotov5.Schema, error) {
	found := map[string]*tfprotov5.Schema{}
	for name, each := range types {
		block, err := schemaBlock(each.Block)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		found[name] = &tfprotov5.Schema{Version: each.Version, Block: block}
	}
	return found, nil
}

func schemaBlock(from jsonBlock) (*tfprotov5.SchemaBlock, error) {
	block := &tfprotov5.SchemaBlock{}
	for name, each := range from.Attributes {
		typ, err := tftypes.ParseJSONType(each.Type) //nolint:staticcheck // the only reader of the JSON form
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		block.Attributes = append(block.Attributes, &tfprotov5.SchemaAttribute{
			Name: name, Type: typ, Required: each.Required, Optional: each.Optional,
			Computed: each.Computed, Sensitive: each.Sensitive, WriteOnly: each.WriteOnly,
		})
	}
	for name, each := range from.BlockTypes {
		inner, err := schemaBlock(each.Block)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		block.BlockTypes = append(block.BlockTypes, &tfprotov5.SchemaNestedBlock{
			TypeName: name, Block: inner, Nesting: nestingModes[each.Nesting],
			MinItems: each.Min, MaxItems: each.Max,
		})
	}
	sort.Slice(block.Attributes, func(i, k int) bool { return block.Attributes[i].Name < block.Attributes[k].Name })
	sort.Slice(block.BlockTypes, func(i, k int) bool { return block.BlockTypes[i].TypeName < block.BlockTypes[k].TypeName })
	return block, nil
}
