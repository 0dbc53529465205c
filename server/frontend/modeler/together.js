// Several changes as one step of undo: commandStack.execute("together", { changes: () => { … } }).
class Together {
  preExecute({ changes }) {
    changes();
  }
}

class Registration {
  constructor(commandStack) {
    commandStack.registerHandler("together", Together);
  }
}
Registration.$inject = ["commandStack"];

export default { __init__: ["togetherRegistration"], togetherRegistration: ["type", Registration] };
