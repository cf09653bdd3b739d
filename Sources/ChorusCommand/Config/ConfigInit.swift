import ArgumentParser

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// `chorus config init`: a file to begin with.
struct ConfigInit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Write a configuration to begin with: every setting, its default and what it is for.",
        discussion: """
            All settings are comments: nothing changes until you remove the // before
            one. A file that is there already is left alone.

              chorus config init --output chorus.json
            """
    )

    @Option(help: ArgumentHelp("A new file for it (default: standard output).", valueName: "file"))
    var output: String?

    func run() throws {
        let text = CommentedConfiguration.text
        guard let output else { return Console.print(text) }
        // secrets will stand in it
        let file = open(output, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        guard file >= 0 else { throw fail(output) }
        defer { close(file) }
        let bytes = Array("\(text)\n".utf8)
        guard write(file, bytes, bytes.count) == bytes.count else { throw fail(output) }
    }

    private func fail(_ path: String) -> ExitCode {
        let reason = errno == EEXIST ? "it is there already" : String(cString: strerror(errno))
        Console.say("\(path) cannot be written: \(reason)")
        return ExitCode(Exit.inputOutput)
    }
}
