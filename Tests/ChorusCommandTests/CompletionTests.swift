import ChorusTesting
import Foundation
import Testing

@Suite("Shell completions")
struct CompletionTests {
    @Test("there is a script for every shell, with every command and every option", arguments: ["bash", "zsh", "fish"])
    func script(_ shell: String) async throws {
        let script = try await runChorus("--generate-completion-script", shell)
        #expect(script.code == 0)
        #expect(script.errors.isEmpty)
        for command in try await CommandTree.commands() {
            #expect(script.output.contains(command.commandName))
            for name in (command.arguments ?? []).flatMap(\.longNames) {
                #expect(script.output.contains(shell == "fish" ? name : "--\(name)"), "\(command.commandName) \(name)")
            }
        }
    }

    @Test("bash understands its script")
    func syntax() async throws {
        let ending = try await runChorus("--generate-completion-script", "bash", shell: #""$0" "$@" | bash -n"#)
        #expect(ending.code == 0)
        #expect(ending.errors.isEmpty, "\(ending.errors)")
    }

    @Test(
        "and completes commands and options by it",
        arguments: [
            ("pub", "publish"), ("sub", "subscribe"), ("publish --ke", "--key --key-from"),
            ("subscribe --la", "--last --latest"), ("serve --history-m", "--history-memory --history-messages"),
        ]
    )
    func completes(_ typed: String, _ completions: String) async throws {
        let folder = try TemporaryFolder()
        let file = folder.file("chorus.bash")
        let words = typed.split(separator: " ")
        let line = "chorus \(typed)"
        let bash = """
            source \(file)
            COMP_WORDS=(\(line)); COMP_CWORD=\(words.count); COMP_LINE="\(line)"; COMP_POINT=\(line.count)
            _chorus chorus \(words.last ?? "") \(words.dropLast().last ?? "chorus")
            printf "%s\\n" "${COMPREPLY[@]}"
            """
        let shell = #""$0" --generate-completion-script bash > \#(file) && exec bash -c '\#(bash)'"#
        let ending = try await ChorusProcess([], shell: shell).end()
        #expect(ending.code == 0, "\(ending.errors)")
        let found = Set(ending.lines.map { $0.trimmingCharacters(in: .whitespaces) })
        #expect(found == Set(completions.split(separator: " ").map(String.init)))
    }
}
