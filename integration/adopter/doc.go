// Package adopter does what the README tells an adopter to do, to the letter: it makes a module of its own, runs the README's lines
// in it, and builds the README's code. So it holds what an adopter pays for as well: who imports the SDK alone has nothing of the
// modules beside it, neither in the module graph nor in the build.
package adopter
