package chromium

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
)

var errNotFound = errors.New("no Chromium on this machine: install Chromium or Google Chrome so that one of the commands chromium and " +
	"google-chrome is on the PATH")

// Find returns the path of the first Chromium or Chrome on this machine: on the PATH, else where macOS and Windows have it.
func Find() (string, error) {
	for _, place := range places() {
		if path, err := exec.LookPath(place); err == nil {
			return path, nil
		}
	}
	return "", errNotFound
}

// places are commands and paths, in the order in which they are tried.
func places() []string {
	found := []string{
		"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "chromium-headless-shell", "headless-shell",
		"/Applications/Chromium.app/Contents/MacOS/Chromium",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
	}
	for _, variable := range []string{"ProgramFiles", "ProgramFiles(x86)", "LocalAppData"} {
		if dir := os.Getenv(variable); dir != "" {
			found = append(found, filepath.Join(dir, `Google\Chrome\Application\chrome.exe`), filepath.Join(dir, `Chromium\Application\chrome.exe`))
		}
	}
	return found
}
