package canvas

import (
	"fmt"
	"testing"

	"github.com/roboconf/workbench/internal/golden"
)

// shop is a small application in three tiers: machines hold servers, servers hold web applications.
func shop(apps int) Graph {
	g := Graph{}
	add := func(id, parent, name, kind string, machine bool, lines ...string) {
		g.Nodes = append(g.Nodes, Node{ID: id, Parent: parent, Name: name, Kind: kind, Machine: machine, Mark: true, Lines: lines, Summary: "inside"})
	}
	add("/front", "", "front", "VM", true)
	add("/front/balancer", "/front", "balancer", "HAProxy", false, "needs Tomcat")
	for i := range apps {
		vm := fmt.Sprintf("/app%d", i+1)
		add(vm, "", vm[1:], "VM", true)
		add(vm+"/tomcat", vm, "tomcat", "Tomcat", false, "gives Tomcat.ip, port = 8080")
		add(vm+"/tomcat/book", vm+"/tomcat", "guestbook", "GuestBook", false, "needs MySQL")
		g.Edges = append(g.Edges, Edge{"/front/balancer", vm + "/tomcat", "Tomcat", false}, Edge{vm + "/tomcat/book", "/back/mysql", "MySQL", false})
	}
	add("/back", "", "back", "VM", true)
	add("/back/mysql", "/back", "mysql", "MySQL", false, "gives MySQL.ip, port = 3306")
	return g
}

func TestPictures(t *testing.T) {
	tests := []struct {
		name string
		g    Graph
		o    Options
	}{
		{"shop-45x30", shop(2), Options{Width: 45, Height: 30, Zoom: Names}},
		{"shop-80x20", shop(2), Options{Width: 80, Height: 20, Zoom: Names}},
		{"shop-160x45-details", shop(3), Options{Width: 160, Height: 45, Zoom: Details}},
		{"shop-45x30-details", shop(2), Options{Width: 45, Height: 30, Zoom: Details}},
		{"shop-45x30-machines", shop(8), Options{Width: 45, Height: 30, Zoom: Machines}},
		{"shop-9", shop(9), Options{Width: 100, Height: 40, Zoom: Names}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := Layout(tt.g, tt.o, nil)
			text := p.Text(Unicode())
			if testing.Verbose() {
				t.Logf("%dx%d\n%s", p.W, p.H, text)
			}
			golden.Equal(t, tt.name+".txt", []byte(text))
		})
	}
}
