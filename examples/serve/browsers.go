package serve

import (
	"flag"
	"net/http"

	"ms2.internal/lb/examples/web"
)

// Browsers says what browsers find at a service beside its data, as flags tell.
type Browsers struct {
	// Origins are those whose pages may call the service.
	Origins Origins

	// Other is where browsers reach the other service; "" for no page of the demonstration.
	Other string

	// Links lead to the same page elsewhere.
	Links []web.Link
}

// Define adds the flags -origins and -links, and one of the other service's name, such as ms2.
func (b *Browsers) Define(f *flag.FlagSet, other string) {
	f.Var(&b.Origins, "origins", "`origins`, separated by commas, whose pages may call this service")
	f.Func(other, "`URL` where browsers reach "+other+": with it the page of the demonstration is served at /", func(address string) (err error) {
		if b.Other = ""; address != "" {
			b.Other, err = web.ServiceBase(address)
		}
		return err
	})
	f.Func("links", "`name=URL`, separated by commas, of the same page elsewhere", func(list string) (err error) {
		b.Links, err = web.ParseLinks(list)
		return err
	})
}

// Mount serves the page of the demonstration, if there is one: site is completed by the links.
func (b Browsers) Mount(mux *http.ServeMux, site web.Site) {
	if b.Other == "" {
		return
	}
	site.Links = b.Links
	page := web.Handler(site)
	mux.Handle("/{$}", page)
	mux.Handle("/web/", page)
}
