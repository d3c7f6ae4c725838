package fleet

import "strings"

// The page of package web calls MS1 and MS2 from whatever origin served it. So each service is told which origins to let
// in, where browsers reach the other, and where else the page is.

// origin is a service as browsers name it.
func origin(addr string) string { return "http://" + addr }

func (f *Fleet) replicaPage(addr string) []string {
	if !f.options.Pages {
		return nil
	}
	return append([]string{"-ms1", origin(f.MS1), "-origins", origin(f.MS1)}, f.links(addr)...)
}

// ms1Page names the first replica as MS2: what balances requests of browsers has no part in this.
func (f *Fleet) ms1Page() []string {
	if !f.options.Pages {
		return nil
	}
	var origins []string
	for _, r := range f.Replicas {
		origins = append(origins, origin(r.Addr))
	}
	return append([]string{"-ms2", origins[0], "-origins", strings.Join(origins, ",")}, f.links(f.MS1)...)
}

// links are to the same page at the other services.
func (f *Fleet) links(own string) []string {
	var links []string
	add := func(name, addr string) {
		if addr != own && addr != "" {
			links = append(links, name+"="+origin(addr)+"/")
		}
	}
	add("MS1", f.MS1)
	add("MS2", f.Replicas[0].Addr)
	add("gateway", f.Gateway)
	return []string{"-links", strings.Join(links, ",")}
}
