package access

import (
	"net/http"

	"holdfast/store"
)

// Anybody is the least role of an address that asks for no session.
const Anybody store.Role = ""

// APIRoot is the path that every address of the API begins with.
const APIRoot = "/api/v1"

// Row is one address and the least role that it asks for. A request that
// changes something must come from the console itself whatever its row says: the
// check of its origin has no exception.
type Row struct {
	Method string
	Path   string // as gin writes it: ":name" is one segment, "*path" is all that follows
	Least  store.Role
}

const (
	get  = http.MethodGet
	post = http.MethodPost
	put  = http.MethodPut
	del  = http.MethodDelete

	patch = http.MethodPatch
)

// table has a row for each address, pages first. HEAD is asked for as GET.
var table = []Row{
	{get, "/healthz", Anybody},
	{get, "/assets/:tree/*path", Anybody},
	{get, "/login", Anybody},
	{post, "/login", Anybody},
	{get, "/setup", Anybody},
	{post, "/setup", Anybody},
	{post, "/preferences", Anybody},
	{post, "/logout", store.Viewer},

	{get, "/", store.Viewer},
	{get, "/live", store.Viewer},
	{get, "/vips", store.Viewer},
	{get, "/vips/:name", store.Viewer},
	{get, "/standby", store.Viewer},
	{post, "/standby", store.Operator},
	{get, "/services", store.Viewer},
	{get, "/services/:name", store.Viewer},
	{post, "/services/:name/order", store.Operator},
	{get, "/services/:name/ready", store.Viewer},
	{post, "/services/:name/ready", store.Operator}, // it sends to the servers
	{get, "/events", store.Viewer},

	{get, "/changes", store.Viewer},
	{get, "/changes/text", store.Viewer},
	{get, "/changes/revisions/:number", store.Viewer},
	{get, "/changes/revisions/:number/text", store.Viewer},
	{get, "/changes/drafts/:id", store.Viewer},
	{get, "/changes/drafts/:id/text", store.Viewer},
	{post, "/changes/candidate", store.Editor},
	{post, "/changes/import", store.Editor},
	{post, "/changes/discard", store.Editor},
	{post, "/changes/merge", store.Editor},
	{post, "/changes/drafts/:id/open", store.Editor},
	{post, "/changes/drafts/:id/rename", store.Editor},
	{post, "/changes/drafts/:id/delete", store.Editor},
	{post, "/changes/revisions/:number/edit", store.Editor},
	{post, "/changes/apply", store.Admin},
	{post, "/changes/adopt", store.Admin},
	{post, "/changes/confirm", store.Admin},
	{post, "/changes/revert", store.Admin},
	{post, "/changes/revisions/:number/run", store.Admin},

	{get, "/objects", store.Viewer},
	{get, "/objects/:kind", store.Viewer},
	{get, "/objects/:kind/edit", store.Editor}, // it shows passwords
	{post, "/objects/:kind/edit", store.Editor},
	{get, "/objects/:kind/new", store.Editor},
	{post, "/objects/:kind/new", store.Editor},
	{post, "/objects/:kind/act", store.Editor},

	{get, "/cards", store.Editor},
	{get, "/cards/:name", store.Editor},
	{post, "/cards/:name", store.Editor},

	{get, "/import", store.Editor},
	{post, "/import", store.Editor},
	{get, "/import/texts/:id", store.Editor},
	{post, "/import/texts/:id/candidate", store.Editor},
	{get, "/import/pair", store.Editor},
	{post, "/import/pair", store.Editor},
	{get, "/import/pairs/:id", store.Editor},
	{get, "/import/pairs/:id/text", store.Editor},
	{post, "/import/pairs/:id/candidate", store.Editor},

	{get, "/system", store.Viewer},
	{get, "/system/sessions", store.Viewer},
	{post, "/system/sessions/:id/end", store.Viewer},
	{post, "/system/password", store.Viewer},
	{get, "/system/about", store.Viewer},
	{get, "/system/second-factor", store.Viewer},
	{post, "/system/second-factor", store.Viewer},
	{post, "/system/second-factor/confirm", store.Viewer},
	{post, "/system/second-factor/drop", store.Viewer},
	{get, "/system/tokens", store.Viewer}, // one's own; all of an administrator
	{post, "/system/tokens", store.Viewer},
	{post, "/system/tokens/:id/revoke", store.Viewer},
	{get, "/system/users", store.Admin},
	{post, "/system/users", store.Admin},
	{get, "/system/users/:id", store.Admin},
	{post, "/system/users/:id/role", store.Admin},
	{post, "/system/users/:id/password", store.Admin},
	{post, "/system/users/:id/second-factor", store.Admin},
	{post, "/system/users/:id/remove", store.Admin},
	{get, "/system/mail", store.Admin},
	{post, "/system/mail", store.Admin},
	{post, "/system/mail/test", store.Admin},
	{post, "/system/mail/outbox/:id/retry", store.Admin},
	{get, "/system/audit", store.Admin},

	{get, APIRoot + "/openapi.json", Anybody},
	{get, APIRoot + "/openapi-3.0.json", Anybody},
	{get, APIRoot + "/openapi.yaml", Anybody},
	{get, APIRoot + "/openapi-3.0.yaml", Anybody},

	{post, APIRoot + "/session", Anybody},
	{get, APIRoot + "/session", store.Viewer},
	{del, APIRoot + "/session", store.Viewer},
	{get, APIRoot + "/sessions", store.Viewer},
	{del, APIRoot + "/sessions/:id", store.Viewer},
	{post, APIRoot + "/setup", Anybody},
	{put, APIRoot + "/password", store.Viewer},
	{put, APIRoot + "/preferences", store.Viewer},
	{get, APIRoot + "/audit", store.Admin},
	{post, APIRoot + "/second-factor", store.Viewer},
	{put, APIRoot + "/second-factor", store.Viewer},
	{del, APIRoot + "/second-factor", store.Viewer},
	{get, APIRoot + "/users", store.Admin},
	{post, APIRoot + "/users", store.Admin},
	{patch, APIRoot + "/users/:name", store.Admin},
	{del, APIRoot + "/users/:name", store.Admin},
	{get, APIRoot + "/tokens", store.Admin},
	{post, APIRoot + "/tokens", store.Admin},
	{del, APIRoot + "/tokens/:id", store.Admin},

	{get, APIRoot + "/status", store.Viewer},
	{get, APIRoot + "/instances", store.Viewer},
	{get, APIRoot + "/instances/:name", store.Viewer},
	{get, APIRoot + "/adverts", store.Viewer},
	{get, APIRoot + "/services", store.Viewer},
	{get, APIRoot + "/services/:name", store.Viewer},
	{get, APIRoot + "/services/:name/stats", store.Viewer},
	{get, APIRoot + "/services/:name/kit", store.Viewer},
	{post, APIRoot + "/services/:name/verify", store.Operator},
	{get, APIRoot + "/services/:name/servers/:server/drain", store.Viewer},
	{put, APIRoot + "/services/:name/servers/:server/drain", store.Operator},
	{put, APIRoot + "/services/:name/servers/:server/weight", store.Operator},
	{put, APIRoot + "/services/:name/servers/:server/off", store.Operator},
	{put, APIRoot + "/services/:name/servers/:server/back", store.Operator},
	{post, APIRoot + "/hand-over", store.Operator},
	{post, APIRoot + "/hand-back", store.Operator},
	{post, APIRoot + "/maintenance", store.Operator},
	{get, APIRoot + "/events", store.Viewer},
	{get, APIRoot + "/events/stream", store.Viewer},

	{get, APIRoot + "/config", store.Viewer},
	{put, APIRoot + "/config", store.Editor}, // dry_run; to run a text asks for an administrator
	{get, APIRoot + "/directives", store.Viewer},
	{get, APIRoot + "/cards", store.Viewer},
	{post, APIRoot + "/cards/:name", store.Editor}, // with apply it asks for an administrator
	// With apply they ask for an administrator.
	{get, APIRoot + "/config/instances", store.Viewer},
	{post, APIRoot + "/config/instances", store.Editor},
	{get, APIRoot + "/config/instances/:id", store.Viewer},
	{put, APIRoot + "/config/instances/:id", store.Editor},
	{patch, APIRoot + "/config/instances/:id", store.Editor},
	{del, APIRoot + "/config/instances/:id", store.Editor},
	{get, APIRoot + "/config/groups", store.Viewer},
	{post, APIRoot + "/config/groups", store.Editor},
	{get, APIRoot + "/config/groups/:id", store.Viewer},
	{put, APIRoot + "/config/groups/:id", store.Editor},
	{patch, APIRoot + "/config/groups/:id", store.Editor},
	{del, APIRoot + "/config/groups/:id", store.Editor},
	{get, APIRoot + "/config/scripts", store.Viewer},
	{post, APIRoot + "/config/scripts", store.Editor},
	{get, APIRoot + "/config/scripts/:id", store.Viewer},
	{put, APIRoot + "/config/scripts/:id", store.Editor},
	{patch, APIRoot + "/config/scripts/:id", store.Editor},
	{del, APIRoot + "/config/scripts/:id", store.Editor},
	{get, APIRoot + "/config/processes", store.Viewer},
	{post, APIRoot + "/config/processes", store.Editor},
	{get, APIRoot + "/config/processes/:id", store.Viewer},
	{put, APIRoot + "/config/processes/:id", store.Editor},
	{patch, APIRoot + "/config/processes/:id", store.Editor},
	{del, APIRoot + "/config/processes/:id", store.Editor},
	{get, APIRoot + "/config/services", store.Viewer},
	{post, APIRoot + "/config/services", store.Editor},
	{get, APIRoot + "/config/services/:id", store.Viewer},
	{put, APIRoot + "/config/services/:id", store.Editor},
	{patch, APIRoot + "/config/services/:id", store.Editor},
	{del, APIRoot + "/config/services/:id", store.Editor},
	{get, APIRoot + "/config/services/:id/servers", store.Viewer},
	{post, APIRoot + "/config/services/:id/servers", store.Editor},
	{get, APIRoot + "/config/services/:id/servers/:server", store.Viewer},
	{put, APIRoot + "/config/services/:id/servers/:server", store.Editor},
	{patch, APIRoot + "/config/services/:id/servers/:server", store.Editor},
	{del, APIRoot + "/config/services/:id/servers/:server", store.Editor},
	{put, APIRoot + "/config/services/:id/servers/:server/weight", store.Editor},
	{get, APIRoot + "/config/services/:id/servers/:server/checks", store.Viewer},
	{post, APIRoot + "/config/services/:id/servers/:server/checks", store.Editor},
	{get, APIRoot + "/config/services/:id/servers/:server/checks/:check", store.Viewer},
	{put, APIRoot + "/config/services/:id/servers/:server/checks/:check", store.Editor},
	{patch, APIRoot + "/config/services/:id/servers/:server/checks/:check", store.Editor},
	{del, APIRoot + "/config/services/:id/servers/:server/checks/:check", store.Editor},
	{get, APIRoot + "/config/global", store.Viewer},
	{put, APIRoot + "/config/global", store.Editor},
	{patch, APIRoot + "/config/global", store.Editor},
	{get, APIRoot + "/candidate", store.Viewer},
	{put, APIRoot + "/candidate", store.Editor},
	{del, APIRoot + "/candidate", store.Editor},
	{get, APIRoot + "/drafts", store.Viewer},
	{get, APIRoot + "/drafts/:id", store.Viewer},
	{get, APIRoot + "/drafts/:id/difference", store.Viewer},
	{put, APIRoot + "/drafts/:id/name", store.Editor},
	{post, APIRoot + "/drafts/:id/open", store.Editor},
	{del, APIRoot + "/drafts/:id", store.Editor},
	{post, APIRoot + "/check", store.Editor},
	{post, APIRoot + "/plan", store.Viewer}, // of the candidate; of another text it asks for an editor
	{post, APIRoot + "/apply", store.Admin},
	{post, APIRoot + "/confirm", store.Admin},
	{post, APIRoot + "/revert", store.Admin},
	{post, APIRoot + "/adopt", store.Admin},
	{get, APIRoot + "/revisions", store.Viewer},
	{get, APIRoot + "/revisions/:number", store.Viewer},
	{post, APIRoot + "/revisions/:number/run", store.Admin},

	{post, APIRoot + "/import/explain", store.Editor},
	{post, APIRoot + "/import/pair", store.Editor},

	{get, APIRoot + "/mail", store.Admin},
	{put, APIRoot + "/mail", store.Admin},
	{post, APIRoot + "/mail/test", store.Admin},
	{get, APIRoot + "/mail/outbox", store.Admin},
	{post, APIRoot + "/mail/outbox/:id/retry", store.Admin},
}
