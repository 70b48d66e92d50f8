package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"gorm.io/gorm/schema"

	"holdfast/migrations"
)

func TestSettingsReachEveryConnection(t *testing.T) {
	s, _ := open(t)
	for _, c := range []struct {
		pool                *sql.DB
		synchronous, readOf string // 2 is FULL: what was acknowledged outlives a power cut
	}{
		{s.config.pools[0], "2", "0"}, {s.config.pools[1], "", "1"},
		{s.journal.pools[0], "2", "0"}, {s.journal.pools[1], "", "1"},
	} {
		want := map[string]string{"journal_mode": "wal", "busy_timeout": "5000", "query_only": c.readOf}
		if c.synchronous != "" {
			want["synchronous"], want["foreign_keys"] = c.synchronous, "1"
		}
		for pragma, value := range want {
			var got string
			if err := c.pool.QueryRow("PRAGMA " + pragma).Scan(&got); err != nil || got != value {
				t.Errorf("%s is %q (%v), want %q", pragma, got, err, value)
			}
		}
	}
}

func TestReadersCannotWrite(t *testing.T) {
	s, _ := open(t)
	if _, err := s.config.pools[1].Exec("DELETE FROM users"); err == nil {
		t.Fatal("a reading connection wrote")
	}
}

func TestFilesAreReadableByTheOwnerOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s := must(Open(context.Background(), dir))(t)
	defer s.Close()
	for _, name := range []string{"config.db", "config.db-wal", "journal.db"} {
		info := must(os.Stat(filepath.Join(dir, name)))(t)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
}

func TestAfterTheLastCloseEachFileIsWholeByItself(t *testing.T) {
	dir := t.TempDir()
	s := must(Open(t.Context(), dir))(t)
	must(s.CreateUser(t.Context(), "kim", "hash", Admin, ""))(t)
	check(t, s.Close())
	for _, name := range []string{"config.db", "journal.db"} {
		if _, err := os.Stat(filepath.Join(dir, name+"-wal")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s has a journal beside it: %v", name, err)
		}
	}
}

func TestWritersAtOnceLoseNothing(t *testing.T) {
	dir := t.TempDir()
	ctx := context.Background()
	var wg sync.WaitGroup
	first := must(Open(ctx, dir))(t)
	// So deep below zero nobody has to wait, and each attempt is counted.
	check(t, first.config.write.Create(&loginFailureRow{"user:kim", -300, nanos(time.Now())}).Error)
	check(t, first.Close())
	for range 2 { // two processes over the same files
		s := must(Open(ctx, dir))(t)
		defer s.Close()
		for range 4 {
			wg.Go(func() {
				for range 25 {
					if _, _, err := s.BeginLogin(ctx, []LoginKey{{Name: "user:kim"}}); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	wg.Wait()
	s := must(Open(ctx, dir))(t)
	defer s.Close()
	var n int
	check(t, s.config.pools[0].QueryRow("SELECT failures FROM login_failures").Scan(&n))
	if n += 300; n != 200 {
		t.Fatalf("%d of 200 counted", n)
	}
}

func TestRowsMatchTheMigratedSchema(t *testing.T) {
	s, _ := open(t)
	for _, c := range []struct {
		d    *database
		rows []any
	}{
		{s.config, []any{userRow{}, sessionRow{}, setupRow{}, browserKeyRow{}, loginFailureRow{}, auditRow{}, revisionRow{}, candidateRow{}, draftRow{}, pastRow{}, applicationRow{}, mailSettingsRow{}, tokenRow{}, recoveryRow{}}},
		{s.journal, []any{ringRow{}, journalRow{}, mailRow{}}},
	} {
		tables := tablesOf(t, c.d.pools[0])
		for _, row := range c.rows {
			parsed := must(schema.Parse(row, &sync.Map{}, schema.NamingStrategy{}))(t)
			want := map[string]string{}
			for _, f := range parsed.Fields {
				column := map[schema.DataType]string{
					schema.Int: "INTEGER", schema.Uint: "INTEGER", schema.Bool: "INTEGER", schema.String: "TEXT", schema.Bytes: "BLOB",
				}[f.DataType]
				if f.PrimaryKey {
					column += " key"
				}
				want[f.DBName] = column
			}
			if got := tables[parsed.Table]; fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("table %s is\n%v, gorm thinks\n%v", parsed.Table, got, want)
			}
			delete(tables, parsed.Table)
		}
		delete(tables, "goose_db_version")
		for name := range tables {
			t.Errorf("no row type for table %s", name)
		}
	}
}

func tablesOf(t *testing.T, db *sql.DB) map[string]map[string]string {
	t.Helper()
	rows := must(db.Query(`SELECT m.name, c.name, c.type, c."notnull", c.pk > 0, instr(m.sql, 'STRICT') > 0
		FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'`))(t)
	defer rows.Close()
	tables := map[string]map[string]string{}
	for rows.Next() {
		var table, column, kind string
		var notNull, key, strict bool
		check(t, rows.Scan(&table, &column, &kind, &notNull, &key, &strict))
		if tables[table] == nil {
			tables[table] = map[string]string{}
		}
		if table != "goose_db_version" && (!notNull || !strict) {
			t.Errorf("%s.%s: not null %v, strict %v", table, column, notNull, strict)
		}
		if key {
			kind += " key"
		}
		tables[table][column] = kind
	}
	check(t, rows.Err())
	return tables
}

func TestEveryMigrationSaysBeforeAndAfter(t *testing.T) {
	for _, files := range []fs.FS{migrations.Config(), migrations.Journal()} {
		check(t, fs.WalkDir(files, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text := string(must(fs.ReadFile(files, path))(t))
			if !strings.HasPrefix(text, "-- BEFORE:") || !strings.Contains(text, "\n-- AFTER:") || strings.Contains(text, "goose Down") {
				t.Errorf("%s: wants BEFORE, AFTER and no way back", path)
			}
			return nil
		}))
	}
}

func TestNewerSchemaIsRefusedAndLeftAlone(t *testing.T) {
	dir := t.TempDir()
	ctx := context.Background()
	s := must(Open(ctx, dir))(t)
	_, err := s.config.pools[0].Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)")
	check(t, err)
	check(t, s.Close())
	_, err = Open(ctx, dir)
	if !errors.Is(err, ErrNewerSchema) || !strings.Contains(err.Error(), "schema 99") {
		t.Fatalf("got %v", err)
	}
	if copies := must(filepath.Glob(filepath.Join(dir, "*.bak")))(t); len(copies) != 0 {
		t.Fatalf("copied %v", copies)
	}
}

func TestDatabaseIsCopiedBeforeItIsMigrated(t *testing.T) {
	dir := t.TempDir()
	ctx := context.Background()
	s := must(Open(ctx, dir))(t)
	must(s.CreateUser(ctx, "kim", "hash", Admin, "en"))(t)
	check(t, s.Close())

	path := filepath.Join(dir, "config.db")
	d := &database{path: path}
	defer d.close()
	db := must(d.pool(ctx, 1, map[string][]string{"_txlock": {"immediate"}}))(t)
	next := withMigration(t, "-- +goose Up\nDELETE FROM users;\nCREATE TABLE more (id INTEGER NOT NULL) STRICT;\n")
	check(t, migrate(ctx, db, path, next))
	if v := must(version(ctx, db))(t); v != 99 {
		t.Fatalf("schema %d", v)
	}

	copies := must(filepath.Glob(path + ".*Z.bak"))(t)
	if len(copies) != 1 {
		t.Fatalf("copies: %v", copies)
	}
	if mode := must(os.Stat(copies[0]))(t).Mode().Perm(); mode != 0o600 {
		t.Errorf("mode of the copy %v", mode)
	}
	before := must(sql.Open("sqlite3", "file:"+copies[0]+"?mode=ro"))(t)
	defer before.Close()
	var users int
	check(t, before.QueryRow("SELECT count(*) FROM users").Scan(&users))
	if users != 1 {
		t.Fatalf("the copy has %d users", users)
	}
}

func TestFailedMigrationLeavesTheSchemaAsItWas(t *testing.T) {
	dir := t.TempDir()
	ctx := context.Background()
	check(t, must(Open(ctx, dir))(t).Close())
	d := &database{path: filepath.Join(dir, "config.db")}
	defer d.close()
	db := must(d.pool(ctx, 1, map[string][]string{"_txlock": {"immediate"}}))(t)
	next := withMigration(t, "-- +goose Up\nCREATE TABLE more (id INTEGER) STRICT;\nINSERT INTO nowhere VALUES (1);\n")
	if err := migrate(ctx, db, d.path, next); err == nil {
		t.Fatal("a broken migration passed")
	}
	if tables := tablesOf(t, db); tables["more"] != nil {
		t.Fatal("half a migration stayed")
	}
	if copies := must(filepath.Glob(d.path + ".*.bak"))(t); len(copies) != 0 {
		t.Fatalf("copies of what did not change: %v", copies)
	}
}

func TestADatabaseThatCannotBeUsedSaysWhy(t *testing.T) {
	s, c := open(t)
	kim := must(s.CreateUser(ctx, "kim", "hash", Admin, "en"))(t)
	token := must(s.CreateSession(ctx, kim.ID, "", ""))(t)
	write := s.config.pools[0]
	big := strings.Repeat("# a line\n", 100_000)

	var pages int
	check(t, write.QueryRow("PRAGMA page_count").Scan(&pages))
	must(write.Exec(fmt.Sprintf("PRAGMA max_page_count = %d", pages)))(t)
	if _, err := s.SaveCandidate(ctx, big, 0, "kim", 0); !errors.Is(err, ErrFull) {
		t.Errorf("no room left: %v", err)
	}
	must(write.Exec("PRAGMA max_page_count = 100000"))(t)
	must(write.Exec("PRAGMA query_only = 1"))(t)
	if _, err := s.SaveCandidate(ctx, "a", 0, "kim", 0); !errors.Is(err, ErrReadOnly) {
		t.Errorf("read only: %v", err)
	}
	// Reading goes on.
	c.pass(2 * seenStep)
	if _, err := s.SessionByToken(ctx, token); err != nil {
		t.Errorf("a session ended with the room: %v", err)
	}

	dir := t.TempDir()
	check(t, os.WriteFile(filepath.Join(dir, "config.db"), []byte(big), 0o600))
	if _, err := Open(ctx, dir); !errors.Is(err, ErrDamaged) {
		t.Errorf("no database: %v", err)
	}
}

// withMigration is today's migrations of config.db and one more, number 99.
func withMigration(t *testing.T, sql string) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{"00099_more.sql": {Data: []byte(sql)}}
	for _, e := range must(fs.ReadDir(migrations.Config(), "."))(t) {
		files[e.Name()] = &fstest.MapFile{Data: must(fs.ReadFile(migrations.Config(), e.Name()))(t)}
	}
	return files
}

// SQLite would open a FIFO and wait for ever, without a word of why there is no console.
func TestWhatIsNoFileInTheDatabasesPlaceIsDamage(t *testing.T) {
	for _, name := range []string{"config.db", "config.db-wal", "journal.db", "journal.db-shm"} {
		for kind, put := range map[string]func(path string) error{
			"a FIFO":      func(path string) error { return syscall.Mkfifo(path, 0o600) },
			"a device":    func(path string) error { return os.Symlink("/dev/zero", path) },
			"a directory": func(path string) error { return os.Mkdir(path, 0o700) },
		} {
			dir := t.TempDir()
			path := filepath.Join(dir, name)
			if err := put(path); err != nil {
				t.Fatal(err)
			}
			s, err := Open(t.Context(), dir)
			if !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), path) {
				t.Errorf("%s %s: %v", name, kind, err)
			}
			if s != nil {
				must(0, s.Close())(t)
			}
		}
	}
}
