import ChorusTesting
import Foundation
import Synchronization

/// A pseudo-terminal: what a process writes to it is read here.
final class Terminal: Sendable {
    /// The process's side, to be opened by name.
    let path: String
    private let master: Int32
    /// Keeps the terminal alive until ``close()``.
    private let slave: Int32
    private let bytes = Mutex<[UInt8]>([])
    private let isWhole = Mutex(false)

    init() throws {
        let functions = try PseudoTerminal()
        master = functions.open(O_RDWR | O_NOCTTY)
        guard master >= 0, functions.grant(master) == 0, functions.unlock(master) == 0,
            let name = functions.name(master)
        else { throw TestFailure("there is no pseudo-terminal") }
        path = String(cString: name)
        slave = Foundation.open(path, O_RDWR | O_NOCTTY)
        guard slave >= 0 else { throw TestFailure("\(path) cannot be opened") }
        // a thread, because reading blocks
        Thread { [self] in
            var buffer = [UInt8](repeating: 0, count: 4096)
            while case let count = read(master, &buffer, buffer.count), count > 0 {
                bytes.withLock { $0 += buffer[..<count] }
            }
            isWhole.withLock { $0 = true }
            Foundation.close(master)
        }.start()
    }

    /// What was written so far.
    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }

    /// All that was written. Nobody else may have the terminal open any more.
    func whole() async throws -> String {
        Foundation.close(slave)
        try await eventually("the terminal is read to its end") { self.isWhole.withLock { $0 } }
        return text
    }
}

/// Functions of POSIX that Swift's Glibc does not have.
private struct PseudoTerminal {
    typealias WithNumber = @convention(c) (Int32) -> Int32
    typealias Name = @convention(c) (Int32) -> UnsafeMutablePointer<CChar>?

    let open: WithNumber
    let grant: WithNumber
    let unlock: WithNumber
    let name: Name

    init() throws {
        open = try PseudoTerminal.symbol("posix_openpt")
        grant = try PseudoTerminal.symbol("grantpt")
        unlock = try PseudoTerminal.symbol("unlockpt")
        name = try PseudoTerminal.symbol("ptsname")
    }

    private static func symbol<Function>(_ name: String) throws -> Function {
        let handle = dlopen(nil, RTLD_NOW)
        guard let address = dlsym(handle, name) else { throw TestFailure("there is no \(name)") }
        return unsafeBitCast(address, to: Function.self)
    }
}
