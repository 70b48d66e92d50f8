package convert

// PairWords are the words of each kind that no table declares.
func PairWords() (identityWords, mustAgreeWords, aloneWords []string) {
	return identity, mustAgree, alone
}
