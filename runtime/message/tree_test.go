package message

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/roboconf/workbench/model"
)

// tower is a tree with two branches of so many instances above each other, everything filled in.
func tower(height int) *model.Instance {
	root := sampleTree()
	left, right := root.Children[0], root.Children[0]
	for k := 2; k < height; k++ {
		one, two := sampleTree(), sampleTree()
		one.Name, one.Children = fmt.Sprintf("l%d", k), nil
		two.Name, two.Children = fmt.Sprintf("r%d", k), nil
		left.Children, right.Children = append(left.Children, one), append(right.Children, two)
		left, right = one, two
	}
	return root
}

func root(b Body) *model.Instance {
	if set, ok := b.(*ModelSet); ok {
		return set.Root
	}
	return b.(*InstanceAdd).Node
}

func count(i *model.Instance) int {
	n := 1
	for _, c := range i.Children {
		n += count(c)
	}
	return n
}

// MS-51, dsl.md 6.3: messages are nested 32 levels at most, instances have no limit of depth.
func TestDeepTrees(t *testing.T) {
	for _, height := range []int{2, storey, storey + 1, storey + 2, 2*storey + 1, 100} {
		for _, b := range []Body{
			&ModelSet{Revision: 1, Gen: 1, Graph: sampleGraph(), Root: tower(height)},
			&InstanceAdd{Parent: "/vm 1", Node: tower(height)},
		} {
			e := wrapped(b)
			data, err := Encode(e)
			if err != nil {
				t.Fatalf("MS-51: %d instances above each other: %v", height, err)
			}
			back, err := Decode(data)
			if err != nil {
				t.Fatal(err)
			}
			if one, two := root(b), root(back.Body); !reflect.DeepEqual(one, two) {
				t.Errorf("%d instances above each other changed on the way: %d came back of %d", height, count(two), count(one))
			}
		}
	}
}

// What stands beside a tree must belong to it.
func TestDeepTreesRefused(t *testing.T) {
	data, err := Encode(wrapped(&InstanceAdd{Parent: "/vm 1", Node: tower(storey + 1)}))
	if err != nil {
		t.Fatal(err)
	}
	spoilt := strings.Replace(string(data), `"parent":"/vm 1/mysql/`, `"parent":"/vm 1/nobody/`, 1)
	if spoilt == string(data) {
		t.Fatalf("nothing stands beside the tree: %s", data)
	}
	if _, err := Decode([]byte(spoilt)); !errors.Is(err, ErrSchema) || !strings.Contains(err.Error(), "is no instance of the tree") {
		t.Errorf("it is refused with %v", err)
	}
}
