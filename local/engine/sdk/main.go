// Command sdk writes the SDK of a Pulumi package for programs in another language, from its schema on standard input.
//
// The official CLI does this in its language hosts, whose Go modules no mirror serves; the generators themselves are in
// the CLI's module.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	golang "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// version is that of the CLI whose generators these are; the linker sets it.
var version = "v0.0.0"

func main() {
	if len(os.Args) != 3 {
		fail("sdk %s: go|nodejs|python FOLDER < SCHEMA", version)
	}
	var spec schema.PackageSpec
	if err := json.NewDecoder(os.Stdin).Decode(&spec); err != nil {
		fail("the schema is no JSON: %v", err)
	}
	pkg, faults, err := schema.BindSpec(spec, nil, schema.ValidationOptions{})
	if err != nil || faults.HasErrors() {
		fail("the schema cannot be used: %v %v", err, faults)
	}
	pkg.SupportPack = true
	files, err := generate(os.Args[1], pkg)
	if err != nil {
		fail("the SDK cannot be generated: %v", err)
	}
	for name, content := range files {
		path := filepath.Join(os.Args[2], name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			fail("%v", err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			fail("%v", err)
		}
	}
}

func generate(language string, pkg *schema.Package) (map[string][]byte, error) {
	const tool = "tenfold"
	switch language {
	case "go":
		return golang.GeneratePackage(tool, pkg, nil)
	case "nodejs":
		return nodejs.GeneratePackage(tool, pkg, nil, nil, true, nil)
	case "python":
		return python.GeneratePackage(tool, pkg, nil, nil)
	}
	return nil, fmt.Errorf("there is no generator for %q: go, nodejs and python are there", language)
}

func fail(format string, values ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", values...)
	os.Exit(1)
}
