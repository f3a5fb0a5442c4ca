# language: ja
機能: 健康保険証利用登録 | First registration

  背景:
    前提 日時は2026年4月1日9時30分である

  @id:at-the-reader
  シナリオ: 受付のその場で登録する | Registered at the reader in the same run
    もし 「未登録美里」が「見本診療所」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-REG-01, OQS-REG-05]
    かつ 資格は有効と回答される [OQS-REG-01, OQS-REG-05]

  @id:declined @twin:registration/at-the-reader
  シナリオ: 登録を断る | Registration declined
    前提 「未登録美里」は利用登録を断る
    もし 「未登録美里」が「見本診療所」で顔認証により受付する
    ならば 受付は利用登録なしで終わる [OQS-REG-04]
    かつ 資格は何も回答されない [OQS-REG-04]

  @id:only-once
  シナリオ: 登録は一度だけで、保険者が変わっても要らない | Registered once, whatever changes
    もし 「未登録美里」が「見本診療所」で顔認証により受付する
    かつ 保険者が「未登録美里」の資格喪失を2026年5月1日付けで届け出る
    かつ 新しい保険者が「未登録美里」の資格取得を2026年5月1日付けで届け出る
      | 保険者番号 | 保険者名         | 記号 | 番号    | 枝番 |
      | 99060021   | 仮名健康保険組合 | 仮6  | 0006666 | 00   |
    かつ 日時が2026年5月7日9時30分になる
    # 二度目に登録を求められれば、断って受付が終わる
    前提 「未登録美里」は利用登録を断る
    もし 「未登録美里」が「架空病院」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-REG-05, OQS-REG-06]
    かつ 回答の保険者番号は『99060021』である [OQS-REG-06]

  @id:barred @twin:registration/at-the-reader
  シナリオ: 自己情報提供不可の人は登録できない | Disclosure barred
    もし 「不可六郎」が「見本診療所」で顔認証により受付する
    ならば 受付は利用登録なしで終わる [OQS-REG-10]
    かつ 資格は何も回答されない [OQS-REG-10]

  @id:barred-by-numbers
  シナリオ: 自己情報提供不可でも番号の照会には回答する | Disclosure barred closes the card, not the numbers
    もし 「見本診療所」が「不可六郎」の資格を証の番号で照会する
    ならば 資格は有効と回答される [OQS-QUAL-01]
    かつ 回答の氏名は『不可　六郎』である [OQS-QUAL-01]

  @id:registered-without-insurer @twin:qualification/living
  シナリオ: 登録だけでは資格は結び付かない | Registration alone links no insurance
    もし 「無保険八郎」が「見本診療所」で顔認証により受付する
    ならば 資格は資格情報なしと回答される [OQS-REG-07, OQS-QUAL-11]
    かつ 回答に個人の情報はない [OQS-QUAL-11]

  @id:pinless-registers-by-face
  シナリオ: 暗証番号のないカードもリーダーで登録できる | A card without a PIN registers at the reader
    前提 「無暗証四郎」は健康保険証の利用登録をしていない
    もし 「無暗証四郎」が「見本診療所」で顔認証により受付する
    ならば 資格は有効と回答される [OQS-REG-03]

  # 解除は申請の翌月末に効力を生じる: 4月1日の申請は5月31日まで受付に影響しない
  @id:cancelled-not-yet
  シナリオ: 解除の申請の翌月末までは受付できる | Cancelled, and in force to the end of the next month
    前提 保険者が「架空花子」の利用登録の解除の申請を届け出る
    かつ 「架空花子」は利用登録を断る
    もし 日時が2026年5月31日23時59分になる
    かつ 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-REG-08]
    かつ 資格は有効と回答される [OQS-REG-08]

  @id:cancelled @twin:registration/cancelled-not-yet
  シナリオ: 翌月末を過ぎれば解除されている | Cancelled for good after the end of the next month
    前提 保険者が「架空花子」の利用登録の解除の申請を届け出る
    かつ 「架空花子」は利用登録を断る
    もし 日時が2026年6月1日0時0分になる
    かつ 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は利用登録なしで終わる [OQS-REG-08]
    かつ 資格は何も回答されない [OQS-REG-08]

  @id:registered-again
  シナリオ: 解除のあとでもう一度登録できる | Registered again after a cancellation
    前提 保険者が「架空花子」の利用登録の解除の申請を届け出る
    もし 日時が2026年6月1日0時0分になる
    かつ 「架空花子」が「見本診療所」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-REG-09]
    # 二度目に登録を求められれば、断って受付が終わる
    前提 「架空花子」は利用登録を断る
    もし 「架空花子」が「架空病院」で顔認証により受付する
    ならば 受付は完了で終わる [OQS-REG-09]
    かつ 資格は有効と回答される [OQS-REG-09]
