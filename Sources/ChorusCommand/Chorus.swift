import ArgumentParser
import Chorus

@main
struct ChorusCommand: ParsableCommand {}
