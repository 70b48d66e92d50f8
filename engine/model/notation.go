package model

import "fmt"

// A change that is no kernel operation is told in the words of the
// configuration and in signs, so that it reads alike in every language:
//
//	VI_1: priority 100 -> 98      the word has another value
//	VI_1: ~ track_script          the list or block reads differently
//	+ vrrp_instance VI_2          there is a new one
//	- vrrp_instance VI_3          there is one less

// Differs adds the word's two values if they are not the same.
func Differs[T comparable](list []string, object, word string, from, to T) []string {
	if from == to {
		return list
	}
	return append(list, fmt.Sprintf("%s: %s %v -> %v", object, word, from, to))
}

// Reads says that a block of the object is not what it was.
func Reads(object, word string) string { return object + ": ~ " + word }

// Appears and vanishes say what an object has now, or no longer; the object ""
// is the configuration itself.
func Appears(object, what string) string { return upon(object, "+ "+what) }

func Vanishes(object, what string) string { return upon(object, "- "+what) }

func upon(object, change string) string {
	if object == "" {
		return change
	}
	return object + ": " + change
}
