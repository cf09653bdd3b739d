/// An array that needs no memory of its own for its first element: most topics have one subscriber, and most sessions
/// follow one topic.
struct Few<Element> {
    private var head: Element?
    private var tail: ContiguousArray<Element> = []

    var isEmpty: Bool { head == nil }
}

extension Few: RandomAccessCollection, MutableCollection {
    var startIndex: Int { 0 }
    var endIndex: Int { head == nil ? 0 : tail.count + 1 }

    subscript(_ index: Int) -> Element {
        get {
            if index > 0 { return tail[index - 1] }
            guard let head else { preconditionFailure("there is no element") }
            return head
        }
        set {
            if index > 0 { tail[index - 1] = newValue } else { head = newValue }
        }
    }

    mutating func append(_ element: Element) {
        if head == nil { head = element } else { tail.append(element) }
    }

    mutating func removeLast() {
        if tail.isEmpty { head = nil } else { tail.removeLast() }
        // whoever is alone again needs no array
        if tail.isEmpty { tail = [] }
    }

    mutating func remove(at index: Int) -> Element {
        if index > 0 { return tail.remove(at: index - 1) }
        guard let first = head else { preconditionFailure("there is no element") }
        head = tail.isEmpty ? nil : tail.removeFirst()
        return first
    }

    mutating func removeAll() {
        head = nil
        tail = []
    }
}
