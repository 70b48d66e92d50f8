package model

// FindingJSON is a finding for programs, with its sentence in one language; commands
// add the file before it. The tags are also those of the API's description.
type FindingJSON struct {
	Line      int               `json:"line"`
	Column    int               `json:"column"`
	EndLine   int               `json:"end_line"`
	EndColumn int               `json:"end_column"`
	Severity  string            `json:"severity" enum:"note,warning,error"`
	Code      string            `json:"code"`
	Message   string            `json:"message"`
	Hint      string            `json:"hint,omitempty" doc:"The word probably meant"`
	Args      map[string]string `json:"args,omitempty"`
}

// JSON is the finding with its sentence.
func (f Finding) JSON(message string) FindingJSON {
	return FindingJSON{f.Range.Line, f.Range.Col, f.Range.EndLine, f.Range.EndCol, f.Severity.String(), f.Code, message, f.Hint, f.Args}
}
