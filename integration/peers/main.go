package main
func main() { _ = rules() ; _ = addresses; _ = sample.over }
