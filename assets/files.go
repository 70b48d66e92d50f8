package assets

import "embed"

// Files are what the console serves as they are: css, js, icons and vendor.
//
//go:embed css/*.css js/*.js icons/*.svg vendor/*.js
var Files embed.FS
