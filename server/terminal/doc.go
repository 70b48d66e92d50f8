// Package terminal lays words out in columns: it knows how wide a character is, and
// how wide the terminal. What the words say it does not know.
package terminal
